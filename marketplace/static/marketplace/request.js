// A data request: the form writes a QuerySpec, estimates are free, filing is one call.

import { post } from "../portal/http.js";
import { clear, show } from "../portal/problems.js";
import { estimate, forget } from "./draft.js";
import { fill, read, start, take, write } from "./spec_form.js";

const form = document.getElementById("request");
const text = document.getElementById("spec");
const QUIET_MS = 600;
let soon = 0;

form.addEventListener("input", ({ target }) => {
  if (!target.closest("[data-question-form]") || !followed(target)) return;
  forget();
  clearTimeout(soon);
  soon = setTimeout(() => estimate().catch(() => {}), QUIET_MS);
});
form.elements.is_campaign.addEventListener("change", ({ target }) => {
  form.querySelector("[data-bounty]").hidden = !target.checked;
});
form.querySelector("[data-estimate]").addEventListener("click", () => guarded(estimate));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  guarded(file);
});

// Form and text follow each other; a text that is half written is told at its field, and waits.
function followed(field) {
  const line = document.getElementById("spec-error");
  try {
    if (field === text) fill(read());
    else take(field);
    line.hidden = true;
  } catch (error) {
    line.textContent = error.message;
    line.hidden = false;
  }
  return line.hidden;
}

deadline();
write(start);
estimate().catch(() => {});

function deadline() {
  const day = new Date(Date.now() + 30 * 24 * 3600 * 1000);
  form.elements.deadline_at.value = day.toISOString().slice(0, 10);
}

async function file() {
  const { title, why, price, drivers_needed, deadline_at, is_campaign, bounty } = form.elements;
  const filed = await post("/api/v1/data-requests", {
    title: title.value.trim(),
    why: why.value.trim(),
    purposes: [...form.querySelectorAll("[name=purposes]:checked")].map((box) => box.value),
    spec: { ...read(), title: title.value.trim() },
    price_units: units(price),
    ...(is_campaign.checked ? { bounty_units: bountyOf(bounty, units(price)) } : {}),
    drivers_needed: Number(drivers_needed.value),
    deadline_at: `${deadline_at.value}T23:59:59Z`,
  });
  location.assign(`/requests/${filed.id}`);
}

function bountyOf(input, price_units) {
  const bounty_units = units(input);
  if (bounty_units >= price_units) return bounty_units;
  const detail = gettext("The bounty must reach the price of one license.");
  throw Object.assign(new Error(detail), { fields: [{ pointer: "#/bounty", detail }] });
}

// A coin amount as base units, without floating point.
function units({ name, value }) {
  const [, whole, rest = ""] = /^\s*(\d+)(?:[.,](\d{1,6}))?\s*$/.exec(value) ?? [];
  if (whole === undefined) {
    const detail = gettext("Write an amount such as 100.00.");
    throw Object.assign(new Error(detail), { fields: [{ pointer: `#/${name}`, detail }] });
  }
  return Number(whole + rest.padEnd(6, "0"));
}

async function guarded(act) {
  clear();
  try {
    await act();
  } catch (error) {
    show(error, { form });
  }
}

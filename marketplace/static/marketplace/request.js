// A data request: the form writes a QuerySpec, estimates are free, filing is one call.

import { post } from "../portal/http.js";
import { clear, show } from "../portal/problems.js";

const form = document.getElementById("request");
const panel = document.getElementById("estimate");
const spec = document.getElementById("spec");
const example = JSON.parse(document.getElementById("example").textContent);
const [energy, hour] = example.statistics;
const VERDICTS = {
  useful: () => [gettext("useful"), "good"],
  coarse: () => [gettext("coarse"), "wait"],
  refused: () => [gettext("would be refused"), "bad"],
};
const QUIET_MS = 800;
let isByHand = false;
let soon = 0;

spec.addEventListener("input", () => {
  isByHand = true;
});
form.addEventListener("input", (event) => {
  if (event.target !== spec) write();
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
deadline();
write();

function deadline() {
  const day = new Date(Date.now() + 30 * 24 * 3600 * 1000);
  form.elements.deadline_at.value = day.toISOString().slice(0, 10);
}

function write(changes = {}) {
  const { first, last, by, domain, min_cohort, rho_micro, title } = form.elements;
  const asked = [
    ["energy", energy],
    ["hour", hour],
  ].filter(([name]) => form.querySelector(`[data-ask="${name}"]`).checked);
  const groups = domain.value.split("\n").map((line) => line.trim()).filter(Boolean);
  domain.closest(".field").hidden = !by.value;
  const made = {
    ...example,
    title: title.value || example.title,
    windows: months(first.value, last.value),
    group_by: by.value ? [{ key: by.value, domain: groups }] : [],
    statistics: asked.map(([, statistic]) => statistic),
    min_cohort: Number(min_cohort.value),
    rho_micro: Number(rho_micro.value),
    ...changes,
  };
  if (!isByHand || Object.keys(changes).length) spec.value = JSON.stringify(made, null, 2);
}

function months(first, last) {
  const list = [];
  const [year, month] = first.split("-").map(Number);
  for (let index = 0; index < 12 && year; index += 1) {
    const at = new Date(Date.UTC(year, month - 1 + index, 1)).toISOString().slice(0, 7);
    if (at > last) break;
    list.push(at);
  }
  return list;
}

function question() {
  try {
    return JSON.parse(spec.value);
  } catch {
    throw Object.assign(new Error(gettext("The question is not valid JSON.")), {
      fields: [{ pointer: "#/spec", detail: gettext("The question is not valid JSON.") }],
    });
  }
}

async function estimate() {
  const told = await post("/api/v1/estimates", {
    spec: question(),
    drivers: Number(form.elements.drivers_needed.value),
  });
  panel.querySelector("[data-none]").hidden = true;
  panel.querySelector("[data-some]").hidden = false;
  const [word, kind] = VERDICTS[told.verdict]();
  const tag = panel.querySelector("[data-verdict]");
  tag.textContent = word;
  tag.className = `tag ${kind}`;
  panel.querySelector("tbody").replaceChildren(...oneEach(told).map(line));
  panel.querySelector("[data-odds]").textContent = interpolate(
    gettext("Each driver: at most %(n)s right guesses in 100."),
    { n: told.privacy.guess_in_100 },
    true,
  );
  suggest(told.promise.suggestion);
}

// Bins of one histogram are promised alike, so the first stands for all.
function oneEach({ promise, spec: asked }) {
  const rows = new Map();
  for (const row of promise.columns) {
    const name = asked.statistics.find((one) => row.column.startsWith(one.name))?.name ?? row.column;
    if (!rows.has(name)) rows.set(name, { ...row, column: name });
  }
  return [...rows.values()];
}

function line({ column, unit, interval_95_half_width: widths }) {
  const row = document.createElement("tr");
  const head = Object.assign(document.createElement("th"), { scope: "row", textContent: column });
  const cells = [widths.all, widths.group].map((width) =>
    Object.assign(document.createElement("td"), { className: "right", textContent: `± ${width} ${unit}` }),
  );
  row.append(head, ...cells);
  return row;
}

function suggest(change) {
  const button = panel.querySelector("[data-suggestion]");
  button.hidden = !change;
  if (!change) return;
  button.textContent = change.rho_micro
    ? interpolate(gettext("Use rho %(n)s instead"), { n: change.rho_micro / 1e6 }, true)
    : gettext("Use fewer groups instead");
  button.onclick = () => {
    if (change.rho_micro) form.elements.rho_micro.value = change.rho_micro;
    write(change);
    guarded(estimate);
  };
}

async function file() {
  const { title, why, price, drivers_needed, deadline_at, is_campaign, bounty } = form.elements;
  const filed = await post("/api/v1/data-requests", {
    title: title.value.trim(),
    why: why.value.trim(),
    purposes: [...form.querySelectorAll("[name=purposes]:checked")].map((box) => box.value),
    spec: { ...question(), title: title.value.trim() },
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

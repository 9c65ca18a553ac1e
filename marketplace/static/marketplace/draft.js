// Tells what a draft of a question promises, and offers at the field what would be better.

import { Problem, baseHeaders } from "../portal/http.js";
import { fieldOf, read, write } from "./spec_form.js";

const form = document.getElementById("request");
const place = document.querySelector("[data-told]");
const remedy = document.getElementById("remedy");
const [apply, undo] = [remedy.querySelector("[data-apply]"), remedy.querySelector("[data-undo]")];
const before = [];
let turn = 0;

// Asks for an estimate and shows it; an answer that was overtaken is dropped.
export async function estimate() {
  const mine = (turn += 1);
  const spec = read();
  const html = await ask({ spec, drivers: Number(form.elements.drivers_needed.value) });
  if (mine !== turn) return;
  place.innerHTML = html;
  offer(spec);
}

// What was applied can be undone until something else is changed.
export function forget() {
  before.length = 0;
  undo.hidden = true;
  if (apply.hidden) remedy.hidden = true;
}

async function ask(body) {
  const headers = { ...baseHeaders(), Accept: "text/html", "Content-Type": "application/json" };
  const answer = await fetch("/requests/new/draft", { method: "POST", headers, body: JSON.stringify(body) }).catch(() => null);
  if (answer?.redirected) return location.reload();
  if (!answer?.ok) throw new Problem({ detail: gettext("The estimate did not come. Try again in a moment.") }, answer?.status ?? 0);
  return answer.text();
}

function offer(spec) {
  const told = place.querySelector("[data-remedy]");
  const better = told && betterOf(told);
  unmark();
  apply.hidden = !better;
  remedy.hidden = !told?.dataset.pointer && before.length === 0;
  remedy.classList.toggle("warn", told !== null);
  remedy.querySelector("[data-reason]").textContent = told?.dataset.reason ?? gettext("Changed; the estimate follows it.");
  if (!told?.dataset.pointer) return;
  const field = fieldOf(told.dataset.pointer, spec);
  if (better) mark(field);
  put(field);
  apply.textContent = told.dataset.change;
  apply.onclick = () => change(better);
}

// What is better: another question, or the same one to more drivers.
function betterOf({ dataset }) {
  const spec = place.querySelector("#better");
  if (spec) return { ...now(), spec: JSON.parse(spec.textContent) };
  return dataset.drivers ? { ...now(), drivers: dataset.drivers } : null;
}

const now = () => ({ spec: read(), drivers: form.elements.drivers_needed.value });

function change(to) {
  before.push(now());
  undo.hidden = false;
  set(to);
  undo.focus();
}

function set({ spec, drivers }) {
  write(spec);
  form.elements.drivers_needed.value = drivers;
  estimate().catch(() => {});
}

undo.addEventListener("click", () => {
  set(before.pop());
  undo.hidden = before.length === 0;
});

// The remedy stands right after its field; folds around it open.
function put(field) {
  const part = field.closest(".choice") ?? field.closest(".field");
  for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  if (part.nextElementSibling !== remedy) part.after(remedy);
}

function mark(field) {
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} remedy-reason`.trim());
}

function unmark() {
  for (const field of form.querySelectorAll("[aria-describedby~=remedy-reason]")) {
    field.removeAttribute("aria-invalid");
    field.setAttribute("aria-describedby", field.getAttribute("aria-describedby").replace(/ ?remedy-reason/, ""));
  }
}

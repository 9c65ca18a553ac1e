// Forms that are one call of the API: <form data-act data-url data-method data-then>.
//
// data-leaves: the act signs out here, so nothing of ours may stay in this browser.
// data-then: "reload", an address ({id} is filled from the answer), or #id of what is to be shown.
// Inputs: data-type="int", "json" or "upper", data-list for boxes that make a list.

import { ask } from "./http.js";
import { clear, show } from "./problems.js";

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches?.("form[data-act]")) return;
  event.preventDefault();
  const button = event.submitter ?? form.querySelector("button");
  button.disabled = true;
  clear();
  try {
    const { url, method = "POST", then = "reload", match } = form.dataset;
    refuseNothingTicked(form);
    const body = bodyOf(form, event.submitter);
    const sent = method === "DELETE" ? undefined : body;
    const answer = await ask(method, url, sent, match ? { "If-Match": match } : {});
    if (form.dataset.leaves !== undefined) await (await import("./leaving.js")).leaveNothing();
    follow(then, answer.body);
  } catch (error) {
    show(error, { form });
  } finally {
    button.disabled = false;
  }
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.textContent = gettext("Copied");
});

function refuseNothingTicked(form) {
  for (const group of form.querySelectorAll("fieldset[data-one]")) {
    if (!group.querySelector(":checked")) throw new Error(gettext("Tick at least one."));
  }
}

export function bodyOf(form, submitter) {
  const body = {};
  for (const input of form.elements) {
    if (!input.name || input.disabled || input.type === "submit") continue;
    if ((input.type === "radio" || input.type === "checkbox") && !input.checked) {
      if (input.dataset.list !== undefined) body[input.name] ??= [];
      continue;
    }
    if (input.value !== "" || input.dataset.keep !== undefined) put(body, input);
  }
  if (submitter?.name) body[submitter.name] = submitter.value;
  return body;
}

const READ = { int: Number, json: JSON.parse, upper: (text) => text.trim().toUpperCase() };

function put(body, input) {
  const { type, list } = input.dataset;
  const asTyped = (text) => (input.type === "password" ? text : text.trim());
  const value = (READ[type] ?? asTyped)(input.value);
  if (list === undefined) body[input.name] = value;
  else (body[input.name] ??= []).push(value);
}

export function follow(then, answer) {
  if (then === "reload") return location.reload();
  if (!then.startsWith("#")) return location.assign(then.replace(/\{(\w+)\}/g, (_, name) => answer[name]));
  const part = document.querySelector(then);
  for (const slot of part.querySelectorAll("[data-from]")) slot.textContent = answer[slot.dataset.from] ?? "";
  part.hidden = false;
  part.querySelector("h2, h3")?.scrollIntoView({ block: "center" });
  return undefined;
}

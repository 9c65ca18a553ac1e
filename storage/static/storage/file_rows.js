// The list of files: a row for each, with its state, its progress and what can be done with it.

import { count, percent, say, size } from "./wording.js";

const rows = document.querySelector("[data-rows]");
const template = document.getElementById("file-row");
const findings = JSON.parse(document.getElementById("upload")?.dataset.findings ?? "{}");

// state: [word, kind of tag, buttons]
const STATES = {
  reading: () => [gettext("being read"), "wait", ["remove"]],
  ready: () => [gettext("ready"), "stop", ["remove"]],
  asked: () => [gettext("handed in before?"), "wait", ["anyway", "remove"]],
  refused: () => [gettext("not taken"), "bad", ["remove"]],
  waiting: () => [gettext("waiting its turn"), "wait", ["remove"]],
  sealing: () => [gettext("being sealed"), "wait", ["remove"]],
  sending: () => [gettext("being sent"), "wait", ["pause", "throw"]],
  halted: () => [gettext("paused"), "stop", ["on", "throw"]],
  unfinished: () => [gettext("unfinished"), "stop", ["on", "throw"]],
  unsealed: () => [gettext("unfinished"), "stop", ["throw"]],
  elsewhere: () => [gettext("under way in another tab"), "wait", []],
  failed: () => [gettext("not handed in"), "bad", ["again", "remove"]],
  pinning: () => [gettext("being stored"), "wait", []],
  stored: () => [gettext("waiting for storage"), "wait", ["on"]],
  pinned: () => [gettext("pinned"), "good", []],
  checked: () => [gettext("checked"), "good", []],
  unreadable: () => [gettext("unreadable"), "bad", []],
  erased: () => [gettext("erased"), "stop", ["remove"]],
};

// act(name, item) is called for a press of a button.
export function show(item, act) {
  const row = item.row ?? made(item, act);
  const [word, kind, buttons] = STATES[item.state]();
  const tag = row.querySelector("[data-state]");
  tag.textContent = word;
  tag.className = `tag ${kind}`;
  row.dataset.in = item.state;
  put(row, "name", item.name);
  put(row, "problem", item.problem);
  put(row, "note", noteOf(item));
  put(row, "cid", item.cid);
  row.querySelector("[data-cid-part]").hidden = !item.cid;
  for (const button of row.querySelectorAll("[data-do]")) button.hidden = !buttons.includes(button.dataset.do);
  row.querySelector("[data-buttons]").hidden = !buttons.length;
  bar(row, item);
  if (item.survey) facts(row, item);
}

export function remove(item) {
  const next = item.row?.nextElementSibling ?? item.row?.previousElementSibling;
  const had = item.row?.contains(document.activeElement);
  item.row?.remove();
  if (had) (next?.querySelector("button:not([hidden])") ?? document.getElementById("file")).focus();
}

function made(item, act) {
  item.row = template.content.firstElementChild.cloneNode(true);
  for (const button of item.row.querySelectorAll("[data-do]")) {
    button.setAttribute("aria-label", `${button.textContent}: ${item.name}`);
    button.addEventListener("click", () => act(button.dataset.do, item));
  }
  item.row.querySelector("progress").setAttribute("aria-label", item.name);
  rows.append(item.row);
  return item.row;
}

function put(row, slot, text) {
  const part = row.querySelector(`[data-${slot}]`);
  part.textContent = text ?? "";
  part.hidden = !text;
}

function bar(row, { state, done = 0, total = 0 }) {
  const isShown = ["reading", "sealing", "sending", "halted", "unfinished"].includes(state) && total > 0;
  row.querySelector("[data-bar]").hidden = !isShown;
  if (!isShown) return;
  Object.assign(row.querySelector("progress"), { max: total, value: done });
  row.querySelector("[data-bytes]").textContent = `${size(done)} / ${size(total)} · ${percent(done, total)}%`;
}

function facts(row, { survey, size: bytes }) {
  const isTable = survey.format.kind === "table";
  const days = survey.first === survey.last ? survey.first : `${survey.first} – ${survey.last}`;
  const texts = {
    size: size(bytes),
    rows: isTable ? count(survey.rows) : gettext("not counted: this is no text table"),
    days: survey.days ? `${survey.days} (${days})` : gettext("no dates found"),
    columns: survey.columns.join(", ") || "–",
  };
  for (const [name, value] of Object.entries(texts)) row.querySelector(`[data-fact="${name}"]`).textContent = value;
  row.querySelector("[data-facts]").hidden = false;
  row.querySelector("[data-columns]").hidden = !survey.columns.length;
}

function noteOf({ state, facts: cut, quality, note }) {
  const parts = [note];
  if (cut?.cut) parts.push(say(ngettext("%(n)s row was cut.", "%(n)s rows were cut.", cut.cut), { n: count(cut.cut) }));
  if (cut?.unlike) parts.push(say(ngettext("%(n)s row was left out: it has other columns than the header.", "%(n)s rows were left out: they have other columns than the header.", cut.unlike), { n: count(cut.unlike) }));
  if (state === "unreadable") parts.push(gettext("The builder cannot use this file. Export it anew from the app or charger, or hand in another kind of export."));
  const codes = (quality?.codes ?? []).map((code) => findings[code] ?? code);
  if (codes.length) parts.push(say(gettext("Found in it: %(what)s."), { what: codes.join(", ") }));
  else if (state === "checked") parts.push(gettext("Nothing wrong was found in it."));
  return parts.filter(Boolean).join(" ");
}

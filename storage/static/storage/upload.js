// The page of uploads: choose files, see what is in them, cut, seal, send; go on after a reload.

import { onFiles } from "../portal/file_drop.js";
import { clear, show as showProblem } from "../portal/problems.js";
import { onNews } from "../portal/tab.js";
import * as rows from "./file_rows.js";
import * as journey from "./journey.js";
import { MOST_BLOB_BYTES, hasOwnFiles } from "./own_files.js";
import { cutOf, offer } from "./positions.js";
import { ownKey } from "./recipients.js";
import { announced } from "./sending.js";
import { summarise } from "./summary.js";
import * as underWay from "./under_way.js";
import { day, empty, percent, say, sentenceOf, tooLarge, tooLargeHere } from "./wording.js";
import { survey } from "./working.js";
import { gate } from "./gate.js";

const SAY_MS = 5000;
const SPEAKS_OF = new Set(["pinned", "checked", "unreadable", "refused", "failed", "halted", "asked"]);
const form = document.getElementById("upload");
const drop = form?.querySelector(".drop");
const panel = (name) => document.querySelector(`[data-panel="${name}"]`);
const items = [];
const reading = gate(1);

if (drop) onFiles(drop, take);

function take(files) {
  clear();
  document.querySelector("[data-panel=done]").hidden = true;
  for (const file of files) {
    const item = { id: crypto.randomUUID(), file, name: file.name, size: file.size, state: "reading", total: file.size };
    items.push(item);
    changed(item);
    reading(() => look(item));
  }
}

// Reads a file here: what is in it, and whether this browser handed it in before.
async function look(item) {
  if (item.isStopped) return;
  try {
    await fits(item);
    item.running = survey(item.file, (done, total) => changed(Object.assign(item, { done, total })));
    item.survey = await item.running.done;
    item.digest = item.survey.digest;
    const known = await twin(item);
    Object.assign(item, known ? { state: "asked", note: known } : { state: "ready" });
  } catch (error) {
    Object.assign(item, { state: "refused", problem: sentenceOf(error) });
  }
  changed(item);
}

async function fits({ size }) {
  const most = Number(form.dataset.most);
  if (size === 0) throw empty();
  if (size > most) throw tooLarge(size, most);
  if (size > MOST_BLOB_BYTES && !(await hasOwnFiles())) throw tooLargeHere(size, MOST_BLOB_BYTES);
}

// Words for a file whose content was here before, else "".
async function twin(item) {
  const { digest } = item;
  if (digest && items.some((one) => one !== item && one.digest === digest && one.state !== "refused")) {
    return gettext("The same file stands in this list already. Once is enough: twice counts for nothing more.");
  }
  const known = await underWay.knownContent(digest, form.dataset.driver);
  if (!known) return "";
  if (known.isUnderWay) return gettext("The same file is under way already, in this list or in another tab.");
  return say(gettext("You handed this file in from this browser on %(day)s. Once is enough: twice counts for nothing more."), { day: day(known.at) });
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  clear();
  const ready = items.filter(({ state }) => state === "ready");
  try {
    const { driver } = form.dataset;
    const vehicle = form.elements.vehicle.value;
    const key = await ownKey(driver);
    for (const item of ready) {
      item.given = { driver, vehicle, key, cut: cutOf(item) };
      run(item);
    }
  } catch (error) {
    if (error.code !== "closed") showProblem(error, { form });
  }
});

// Asked once more: another tab may have begun with the same file meanwhile.
async function run(item) {
  item.state = "waiting";
  const known = item.isAnyway ? null : await underWay.knownContent(item.digest, item.given.driver);
  if (known?.isUnderWay) {
    return changed(Object.assign(item, { state: "asked", note: gettext("The same file is under way already, in this list or in another tab.") }));
  }
  item.note = "";
  return journey.begin(item, item.given, changed);
}

const ACTS = {
  remove: forget,
  throw: forget,
  pause: journey.pause,
  on: goOn,
  again: (item) => journey.begin(item, item.given, changed),
  anyway: (item) => changed(Object.assign(item, { state: "ready", note: "", isAnyway: true })),
};

async function act(name, item) {
  clear();
  try {
    await ACTS[name](item);
  } catch (error) {
    showProblem(error, { form });
  }
}

async function forget(item) {
  await journey.throwAway(item);
  forgetRow(item);
}

// --- what an earlier page left behind -----------------------------------------------------------

async function leftBehind(entry) {
  const item = { id: entry.id, name: entry.name, digest: entry.digest, entry, total: entry.size_bytes ?? 0, done: 0 };
  items.push(item);
  await judge(item);
}

async function judge(item) {
  if (await underWay.isHeld(item.id)) {
    changed(Object.assign(item, { state: "elsewhere" }));
    await underWay.whenFree(item.id);
    const now = await underWay.kept(item.id);
    if (!now) return forgetRow(item);
    Object.assign(item, { entry: now, total: now.size_bytes ?? 0 });
  }
  if (!item.entry.is_sealed) {
    const note = gettext("It was not sealed to its end. Throw it away and choose the file again.");
    return changed(Object.assign(item, { state: "unsealed", note }));
  }
  return stands(item);
}

// How far the server is; a file of which it has all goes on by itself.
async function stands(item) {
  try {
    const upload = await announced(item.entry);
    Object.assign(item, { state: "unfinished", done: upload.received_bytes });
    item.note = say(gettext("%(part)s was sent."), { part: `${percent(item.done, item.total)}%` });
    if (upload.state !== "receiving") return goOn(item);
  } catch (error) {
    Object.assign(item, { state: "unfinished", problem: sentenceOf(error) });
  }
  return changed(item);
}

function goOn(item) {
  item.note = "";
  return journey.goOn(item, changed);
}

function forgetRow(item) {
  items.splice(items.indexOf(item), 1);
  rows.remove(item);
  changed();
}

// --- what the page shows ------------------------------------------------------------------------

function changed(item) {
  if (item) {
    if (!items.includes(item)) return;
    rows.show(item, act);
  }
  const ready = items.filter(({ state }) => state === "ready");
  panel("files").hidden = !items.length;
  const submit = form.querySelector("button[type=submit]");
  submit.disabled = !ready.length;
  submit.hidden = !ready.length && items.some(({ state }) => state !== "reading");
  drawReady(ready);
  overall();
  speak(item);
}

let drawn = "";

function drawReady(ready) {
  const now = ready.map(({ id }) => id).join();
  if (now === drawn) return;
  drawn = now;
  panel("ready").hidden = !ready.length;
  offer(ready, () => summarise(ready));
  summarise(ready);
}

const MOVING = new Set(["waiting", "sealing", "sending", "pinning"]);
const HERE = new Set(["pinned", "checked", "unreadable"]);

function overall() {
  const begun = items.filter(({ state, given, entry }) => given || entry || HERE.has(state));
  const here = begun.filter(({ state }) => HERE.has(state));
  const moving = begun.filter(({ state }) => MOVING.has(state));
  panel("overall").hidden = begun.length < 2;
  const bar = panel("overall").querySelector("progress");
  bar.max = begun.length || 1;
  bar.value = begun.reduce((sum, item) => sum + share(item), 0);
  const text = say(gettext("%(here)s of %(all)s files are handed in"), { here: here.length, all: begun.length });
  panel("overall").querySelector("[data-words]").textContent = text;
  if (here.length && !moving.length && panel("done").hidden) {
    panel("done").hidden = false;
    panel("done").querySelector("h2").focus();
  }
}

// Sealing is a fifth of the way, sending the rest.
function share({ state, done = 0, total = 0 }) {
  if (HERE.has(state)) return 1;
  const part = total ? done / total : 0;
  if (state === "sealing") return 0.2 * part;
  if (["sending", "halted", "unfinished"].includes(state)) return 0.2 + 0.75 * part;
  return state === "pinning" ? 0.95 : 0;
}

let said = 0;
let saying = 0;

// At most every five seconds; what a file came to is said, not every percent.
function speak(item) {
  if (!item || saying || (!SPEAKS_OF.has(item.state) && item.state !== "sending")) return;
  saying = setTimeout(() => {
    said = Date.now();
    saying = 0;
    panel("said").textContent = items.filter(({ state }) => state !== "ready").map(({ row }) => spoken(row)).join(" ");
  }, Math.max(0, said + SAY_MS - Date.now()));
}

function spoken(row) {
  const [name, state] = ["[data-name]", "[data-state]"].map((part) => row.querySelector(part).textContent);
  const bytes = row.querySelector("[data-bar]").hidden ? "" : row.querySelector("[data-bytes]").textContent.split("· ").at(-1);
  return `${name}: ${state} ${bytes}.`;
}

// Signed out in another tab: nothing may be written here any more.
onNews((news) => {
  if (news !== "left") return;
  for (const item of items) {
    item.isStopped = true;
    item.running?.stop();
  }
});

addEventListener("beforeunload", (event) => {
  if (items.some(({ state, blob }) => state === "sealing" || (blob && state === "sending"))) event.preventDefault();
});

if (form) for (const entry of await underWay.underWay(form.dataset.driver)) leftBehind(entry);

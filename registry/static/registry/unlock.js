// The unlock dialog: says why, takes passphrase or recovery words, gives the seed to one act.

import { clear, show } from "../portal/problems.js";
import * as tab from "../portal/tab.js";
import { busy } from "./busy.js";
import { alreadyOpen, openedWithPassphrase, openedWithWords, owner } from "./opening.js";

const dialog = document.getElementById("unlock");

// why: the sentence in the heading; facts: [[name, value], ...] exactly as they will be signed.
// isFresh: asks again even where this tab is kept unlocked (the sheet, a new passphrase).
// Resolves to the seed, or to null when the reader closes the dialog.
export async function unlock({ why, facts = [], act = "", isFresh = false }) {
  const open = isFresh ? null : await alreadyOpen();
  if (open && !facts.length) return open;
  fill({ why, facts, act, isOpen: Boolean(open), isFresh });
  dialog.showModal();
  const form = dialog.querySelector("form");
  return new Promise((resolve) => {
    const leave = (seed) => {
      form.onsubmit = dialog.onclose = null;
      form.reset();
      dialog.close();
      resolve(seed);
    };
    dialog.onclose = () => leave(null);
    dialog.querySelector("[data-close]").onclick = () => leave(null);
    form.onsubmit = async (event) => {
      event.preventDefault();
      const seed = open && tab.unlockedUntil() ? open : await tried(form);
      if (seed) leave(seed);
    };
  });
}

// Uses the seed for one act and wipes it, whatever happens.
export async function withSeed(reasons, use) {
  const seed = await unlock(reasons);
  if (!seed) return null;
  try {
    return await use(seed);
  } finally {
    seed.fill(0);
  }
}

dialog?.querySelector("[data-use-words]").addEventListener("click", () => swap("words"));
dialog?.querySelector("[data-use-passphrase]").addEventListener("click", () => swap("passphrase"));

// Locked from another tab, or changed there: ask for what opens it now.
tab.onNews(() => {
  if (dialog?.open && dialog.dataset.how === "open" && !tab.unlockedUntil()) swap("passphrase");
});

function swap(how) {
  dialog.dataset.how = how;
  for (const name of ["words", "passphrase"]) {
    dialog.querySelector(`[data-${name}]`).hidden = how !== name;
    dialog.querySelector(`[name=${name}]`).disabled = how !== name;
  }
  dialog.querySelector("[data-open]").hidden = how !== "open";
  dialog.querySelector("[data-locks]").hidden = how === "open";
  dialog.querySelector("[data-keep]").hidden = how === "open" || !tab.canKeep() || dialog.dataset.fresh === "true";
  if (how !== "open") dialog.querySelector(`[name=${how}]`).focus();
}

async function tried(form) {
  clear(dialog);
  try {
    return await busy(form.querySelector("button[type=submit]"), () => opened(form), gettext("Opening…"));
  } catch (error) {
    show(error, { box: dialog.querySelector(".error-summary"), form });
    form.querySelector("input:enabled:not([type=checkbox]), textarea:enabled")?.select();
    return null;
  }
}

async function opened(form) {
  const { words, passphrase, keep } = form.elements;
  const seed = words.disabled
    ? await openedWithPassphrase(passphrase.value)
    : await openedWithWords(words.value);
  if (keep.checked) await tab.keep(seed, owner());
  return seed;
}

function fill({ why, facts, act, isOpen, isFresh }) {
  dialog.querySelector("h2").textContent = why;
  const list = dialog.querySelector("dl");
  list.replaceChildren(...facts.flatMap(([name, value]) => [element("dt", name), element("dd", value)]));
  list.parentElement.hidden = !facts.length;
  dialog.querySelector("button[type=submit]").textContent = act || (isOpen ? gettext("Sign") : gettext("Unlock to sign"));
  dialog.dataset.fresh = isFresh;
  dialog.querySelector("[data-until]").textContent = clock(tab.unlockedUntil());
  clear(dialog);
  swap(isOpen ? "open" : "passphrase");
}

const clock = (at) =>
  new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });

function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

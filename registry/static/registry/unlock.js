// The unlock dialog: says why, takes passphrase or recovery words, gives the seed to one act.

import { boxPublicKey } from "../portal/keys.js";
import { toHex } from "../portal/bytes.js";
import { get } from "../portal/http.js";
import { pin } from "../portal/pins.js";
import { clear, show } from "../portal/problems.js";
import * as vault from "./vault_in_worker.js";

const dialog = document.getElementById("unlock");

// why: the sentence in the heading; facts: [[name, value], ...] exactly as they will be signed.
// Resolves to the seed, or to null when the reader closes the dialog.
export function unlock({ why, facts = [], act = "" }) {
  fill(why, facts, act);
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
      const seed = await tried(form);
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

dialog?.querySelector("[data-use-words]").addEventListener("click", () => swap(true));
dialog?.querySelector("[data-use-passphrase]").addEventListener("click", () => swap(false));

function swap(wantsWords) {
  dialog.querySelector("[data-words]").hidden = !wantsWords;
  dialog.querySelector("[data-passphrase]").hidden = wantsWords;
  dialog.querySelector("[name=words]").disabled = !wantsWords;
  dialog.querySelector("[name=passphrase]").disabled = wantsWords;
  dialog.querySelector(wantsWords ? "[name=words]" : "[name=passphrase]").focus();
}

async function tried(form) {
  const button = form.querySelector("button[type=submit]");
  const label = button.textContent;
  button.disabled = true;
  button.textContent = gettext("Opening…");
  clear(dialog);
  try {
    return await opened(form);
  } catch (error) {
    show(error, { box: dialog.querySelector(".error-summary"), form });
    form.querySelector("input:enabled, textarea:enabled").select();
    return null;
  } finally {
    button.disabled = false;
    button.textContent = label;
  }
}

async function opened(form) {
  const driver = await get("/api/v1/drivers/me");
  const words = form.elements.words;
  const seed = words.disabled
    ? await fromPassphrase(form.elements.passphrase.value)
    : await vault.seedOf(words.value);
  const publicKey = toHex(boxPublicKey(seed));
  if (publicKey !== driver.public_key.replace(/^0x/, "")) throw swapped(words.disabled);
  await pin(`driver ${driver.id}`, publicKey);
  return seed;
}

async function fromPassphrase(passphrase) {
  const kept = await get("/api/v1/vault");
  const body = kept.vault ?? kept.body ?? kept;
  const { sealKey } = await vault.prove(passphrase, body.kdf);
  return vault.openVault(body, sealKey);
}

function swapped(isPassphrase) {
  const text = isPassphrase
    ? gettext("The public key the server shows is not the one of your vault. Stop here and tell us.")
    : gettext("These words open another vault, not this one.");
  return Object.assign(new Error(text), { code: isPassphrase ? "key_swapped" : "other_vault" });
}

function fill(why, facts, act) {
  dialog.querySelector("h2").textContent = why;
  const list = dialog.querySelector("dl");
  list.replaceChildren(...facts.flatMap(([name, value]) => [element("dt", name), element("dd", value)]));
  list.parentElement.hidden = !facts.length;
  dialog.querySelector("button[type=submit]").textContent = act || gettext("Unlock to sign");
  clear(dialog);
  swap(false);
}

function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

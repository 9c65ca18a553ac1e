// Choosing a passphrase: five ready-made words, or one's own; then typed again by really opening.

import { clear, show } from "../portal/problems.js";
import { busy } from "./busy.js";
import { madeUp } from "./passphrase.js";
import * as vault from "./vault_in_worker.js";

const LEAST = 12;

// root: holds new_passphrase.html. onChosen(passphrase) seals the vault; returns {offer}.
export function choosing(root, onChosen) {
  const [ready, own] = [root.querySelector("[data-ready]"), root.querySelector("[data-own]")];
  const shown = ready.querySelector(".passphrase");
  const offer = () => {
    shown.textContent = madeUp();
  };
  const turn = (isOwn) => {
    ready.hidden = isOwn;
    own.hidden = !isOwn;
    if (isOwn) own.querySelector("input").focus();
    else offer();
  };
  const take = ready.querySelector("[data-take]");
  take.onclick = () => tried(own, take, () => onChosen(shown.textContent));
  ready.querySelector("[data-another]").onclick = offer;
  ready.querySelector("[data-type]").onclick = () => turn(true);
  own.querySelector("[data-ready-made]").onclick = () => turn(false);
  own.onsubmit = (event) => {
    event.preventDefault();
    tried(own, own.querySelector("[type=submit]"), async () => {
      await onChosen(long(own.elements.passphrase.value));
      own.reset();
    });
  };
  revealing(root);
  return { offer: () => turn(false) };
}

// made: what vault.create returned. Opens it with what is typed; refuses with wrong_key.
export async function openedAgain(made, typed) {
  const { sealKey } = await vault.prove(typed, made.vault.kdf);
  await vault.openVault(made.vault, sealKey);
}

export function revealing(root) {
  for (const button of root.querySelectorAll("[data-reveal]")) {
    button.onclick = () => {
      const input = document.getElementById(button.dataset.reveal);
      input.type = input.type === "password" ? "text" : "password";
      button.textContent = input.type === "password" ? gettext("Show") : gettext("Hide");
    };
  }
}

export async function tried(form, button, act) {
  clear();
  try {
    await busy(button, act);
  } catch (error) {
    show(error, { form });
  }
}

function long(passphrase) {
  if (passphrase.length >= LEAST) return passphrase;
  throw new Error(gettext("Take 12 characters or more. Length is the one rule."));
}

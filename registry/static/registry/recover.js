// Back in with the recovery words: prove that the seed is held, then a new passphrase over it.

import { fromBase64, toHex } from "../portal/bytes.js";
import { get, post } from "../portal/http.js";
import { boxKey, boxPublicKey } from "../portal/keys.js";
import { pin } from "../portal/pins.js";
import { clear } from "../portal/problems.js";
import { ready } from "../portal/ready.js";
import { Steps } from "../portal/steps.js";
import { choosing, openedAgain, revealing, tried } from "./new_passphrase.js";
import { withoutNumbers } from "./opening.js";
import { normalHandle, openChallenge, proveRecovery } from "./recovery.js";
import * as vault from "./vault_in_worker.js";

const WORDS = 24;
const root = document.getElementById("recover");
const steps = new Steps(root);
const part = (name) => root.querySelector(`[data-step="${name}"]`);
const held = { handle: "", seed: null, made: null };

const form = part("words").querySelector("form");
const count = form.querySelector("[data-count]");
form.elements.words.addEventListener("input", ({ target }) => {
  const typed = withoutNumbers(target.value);
  const n = typed ? typed.split(" ").length : 0;
  count.textContent = interpolate(gettext("%(n)s of 24 words"), { n }, true);
});
form.onsubmit = (event) => {
  event.preventDefault();
  tried(form, form.querySelector("[type=submit]"), async () => {
    held.handle = normalHandle(form.elements.handle.value);
    held.seed = await seedOf(form.elements.words.value);
    await challenged(); // do these words open this account?
    passphrase.offer();
    steps.next();
  });
};

const passphrase = choosing(part("passphrase"), async (chosen) => {
  held.made = await vault.create(chosen, held.seed);
  steps.next();
});
revealing(part("again"));

const again = part("again").querySelector("form");
again.onsubmit = async (event) => {
  event.preventDefault();
  await tried(again, again.querySelector("[type=submit]"), async () => {
    await openedAgain(held.made, again.elements.again.value);
    await answer();
    finish();
  });
};

window.addEventListener("beforeunload", (event) => {
  if (held.made) event.preventDefault();
});

async function seedOf(text) {
  const words = withoutNumbers(text);
  const wrong = await vault.unknownWords(words);
  if (wrong.length) throw refused(unknown(wrong, words.split(" ")));
  const typed = words.split(" ").length;
  if (typed !== WORDS) throw refused(interpolate(gettext("These are %(typed)s words; a sheet has 24."), { typed }, true));
  try {
    return await vault.seedOf(words);
  } catch {
    throw refused(gettext("Each word is on the list, but together they are no sheet. Look at their order, and at words that begin alike."));
  }
}

const unknown = (wrong, words) =>
  wrong
    .map((place) => interpolate(gettext("Word %(place)s, “%(word)s”, is not on the list."), { place, word: words[place - 1] }, true))
    .join(" ");

// A fresh challenge, opened; nothing of it is ever sent.
async function challenged() {
  const begun = await post("/api/v1/recoveries", { handle: held.handle });
  try {
    return { id: begun.id, secret: openChallenge(fromBase64(begun.challenge), boxKey(held.seed)) };
  } catch (error) {
    if (error.code !== "wrong_key") throw error;
    throw refused(gettext("These words do not open an account of this name. Look at the name, and whether it is the right sheet."));
  }
}

async function answer() {
  const { id, secret } = await challenged();
  const sent = {
    handle: held.handle,
    vault: held.made.vault,
    sign_in_proof: toHex(held.made.signInProof),
  };
  const proof = proveRecovery(secret, { ...sent, origin: location.origin, recovery_id: id });
  try {
    await post(`/api/v1/recoveries/${id}/answer`, { ...sent, proof: toHex(proof) });
  } catch (error) {
    await settle(error, sent);
  }
  const driver = await get("/api/v1/drivers/me");
  await pin(`driver ${driver.id}`, toHex(boxPublicKey(held.seed)));
}

// An answer may have been lost after the vault was replaced: then the new passphrase signs in.
async function settle(error, { handle, sign_in_proof }) {
  if (error.code !== "offline" && error.code !== "recovery_refused") throw error;
  await post("/api/v1/sessions", { handle, sign_in_proof }).catch(() => {
    throw error;
  });
}

function finish() {
  held.seed.fill(0);
  held.made.seed.fill(0);
  held.seed = held.made = null;
  form.reset();
  again.reset();
  clear();
  steps.next();
}

const refused = (text) => Object.assign(new Error(text), { code: "words", fields: [{ pointer: "#/words", detail: text }] });

ready(document);

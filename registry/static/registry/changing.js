// Settings: another passphrase over the same seed. Nothing is sent before it was opened with it.

import { toHex } from "../portal/bytes.js";
import { ask, post } from "../portal/http.js";
import { pin } from "../portal/pins.js";
import { announce, lock, onNews } from "../portal/tab.js";
import { clear, show } from "../portal/problems.js";
import { Steps } from "../portal/steps.js";
import { choosing, openedAgain, revealing, tried } from "./new_passphrase.js";
import { owner, seen, stale } from "./opening.js";
import { unlock } from "./unlock.js";
import * as vault from "./vault_in_worker.js";

const root = document.getElementById("change");
const start = document.getElementById("start-change");
const steps = new Steps(root);
const held = { seed: null, before: null, made: null };

const passphrase = choosing(root, async (chosen) => {
  held.made = await vault.create(chosen, held.seed);
  steps.go(1);
});
revealing(root);

start.addEventListener("click", async () => {
  clear();
  start.disabled = true;
  try {
    await begin();
  } catch (error) {
    show(error);
  } finally {
    start.disabled = false;
    if (root.hidden) start.focus();
  }
});
root.querySelector("[data-give-up]").onclick = stop;
const again = root.querySelector("[data-again]");
again.onsubmit = (event) => {
  event.preventDefault();
  tried(again, again.querySelector("[type=submit]"), async () => {
    await openedAgain(held.made, again.elements.again.value);
    await save();
  });
};
root.querySelector("[data-retry]").onclick = ({ target }) => tried(again, target, save);

onNews(async (news) => {
  if (news !== "changed") return;
  if (!held.before) return location.reload();
  const { body } = await seen();
  stop();
  return show(stale(body.changed_at));
});
window.addEventListener("beforeunload", (event) => {
  if (held.made) event.preventDefault();
});

async function begin() {
  const why = gettext("Unlock to change your passphrase");
  held.before = await seen().catch(afterUnlocking);
  held.seed = await unlock({ why, act: gettext("Unlock"), isFresh: true });
  if (!held.seed) return;
  held.before ??= await seen();
  root.hidden = false;
  start.hidden = true;
  passphrase.offer();
  steps.go(0);
}

// A session that a wallet opened sees the vault only once the passphrase was given.
function afterUnlocking(refusal) {
  if (refusal.code !== "passphrase_needed") throw refusal;
  return null;
}

// The form stays while the server cannot be reached; what was saved meanwhile is never overwritten.
async function save() {
  unsaved(false);
  try {
    await put();
  } catch (error) {
    if (error.code === "offline") unsaved(true);
    if (error.status !== 412 && error.status !== 401) throw error;
    await settle(error);
  }
  await done();
}

async function put() {
  const { vault: body, signInProof } = held.made;
  const sent = { vault: body, sign_in_proof: toHex(signInProof) };
  await ask("PUT", "/api/v1/vault", sent, { "If-Match": held.before.tag });
}

// An answer may have been lost after the change was made: then ours is the one that stands.
async function settle(error) {
  if (error.status === 401) {
    const session = { handle: owner(), sign_in_proof: toHex(held.made.signInProof) };
    await post("/api/v1/sessions", session).catch(() => {});
  }
  const now = await seen();
  if (now.body.vault.kdf.salt === held.made.vault.kdf.salt) return;
  stop();
  throw stale(now.body.changed_at);
}

async function done() {
  const { body } = await seen();
  await pin(`vault ${body.id}`, body.changed_at);
  await lock();
  announce("changed");
  forget();
  steps.go(2);
  again.reset();
}

function stop() {
  forget();
  root.hidden = true;
  start.hidden = false;
  unsaved(false);
  clear();
  start.focus();
}

function forget() {
  held.seed?.fill(0);
  held.seed = held.before = held.made = null;
}

function unsaved(isSo) {
  root.querySelector("[data-unsaved]").hidden = !isSo;
}

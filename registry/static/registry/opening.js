// Opening the vault: with the passphrase, the recovery words, or what this tab keeps unlocked.

import { toHex } from "../portal/bytes.js";
import { ask, get, Problem } from "../portal/http.js";
import { boxPublicKey } from "../portal/keys.js";
import { pin, pinned } from "../portal/pins.js";
import * as tab from "../portal/tab.js";
import { proven } from "./proving.js";
import * as vault from "./vault_in_worker.js";

export const owner = () => document.body.dataset.handle;

// The seed this tab keeps unlocked, or null.
export async function alreadyOpen() {
  const seed = await tab.kept(owner());
  return seed ? checked(seed, false) : null;
}

export async function openedWithWords(words) {
  return checked(await vault.seedOf(withoutNumbers(words)), true);
}

export async function openedWithPassphrase(passphrase) {
  const { body, tag } = await seen().catch((error) => proven(error, passphrase).then(seen));
  const { sealKey } = await vault.prove(passphrase, body.vault.kdf);
  const seed = await checked(await opened(body, sealKey), false);
  await pin(`vault ${body.id}`, body.changed_at);
  strengthen(passphrase, seed.slice(), body.vault.kdf, tag); // beside what the reader came for
  return seed;
}

// The locked vault as the server has it, with its ETag.
export async function seen() {
  try {
    const { body, headers } = await ask("GET", "/api/v1/vault");
    return { body, tag: headers.get("ETag") };
  } catch (error) {
    throw error.status === 401 ? await signedOut(error) : error;
  }
}

// The sheet as a file numbers its words.
export const withoutNumbers = (text) =>
  text.split(/\s+/).filter((word) => word && !/^\d+[.):]?$/.test(word)).join(" ");

export const stale = (changedAt) =>
  Object.assign(new Error(sentence(changedAt)), { code: "vault_changed" });

async function opened(body, sealKey) {
  try {
    return await vault.openVault(body.vault, sealKey);
  } catch (error) {
    const before = error.code === "wrong_key" && (await pinned(`vault ${body.id}`));
    throw before && before !== body.changed_at ? stale(body.changed_at) : error;
  }
}

async function checked(seed, isFromWords) {
  const driver = await get("/api/v1/drivers/me");
  const publicKey = toHex(boxPublicKey(seed));
  if (publicKey !== driver.public_key.replace(/^0x/, "")) throw swapped(isFromWords);
  await pin(`driver ${driver.id}`, publicKey);
  return seed;
}

// A vault made when locks were weaker is locked anew; if that fails, the old one stays.
async function strengthen(passphrase, seed, kdf, tag) {
  try {
    if (!(await vault.isOutdated(kdf))) return;
    const { vault: body, signInProof } = await vault.protectAgain(passphrase, seed);
    const sent = { vault: body, sign_in_proof: toHex(signInProof), is_same_passphrase: true };
    await ask("PUT", "/api/v1/vault", sent, { "If-Match": tag });
  } catch (error) {
    console.info("the vault keeps its old lock for now:", error.code ?? error);
  } finally {
    seed.fill(0);
  }
}

async function signedOut(error) {
  const { ended } = await get("/api/v1/sessions/current");
  if (ended?.why === "passphrase") return stale(ended.at);
  return new Problem({ ...error.body, detail: gettext("You are signed out here. Sign in again.") }, 401);
}

function swapped(isFromWords) {
  const text = isFromWords
    ? gettext("These words open another vault, not this one.")
    : gettext("The public key the server shows is not the one of your vault. Stop here and tell us.");
  return Object.assign(new Error(text), { code: isFromWords ? "other_vault" : "key_swapped" });
}

function sentence(changedAt) {
  const date = new Date(changedAt).toLocaleDateString(document.documentElement.lang, { dateStyle: "long" });
  return interpolate(
    gettext("Your passphrase was changed on another device on %(date)s. Enter the new one."),
    { date },
    true,
  );
}

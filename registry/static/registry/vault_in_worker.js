// The vault as promises: each act runs in one worker that starts when first needed.

import { ProtocolError } from "../portal/protocol_error.js";

const waiting = new Map();
let worker;
let asked = 0;

export const create = (passphrase, ...seed) => ask("create", passphrase, ...seed);
export const prove = (passphrase, kdf) => ask("prove", passphrase, kdf);
export const openVault = (vault, sealKey) => ask("openVault", vault, sealKey);
export const wordsOf = (seed) => ask("wordsOf", seed);
export const seedOf = (words) => ask("seedOf", words);
export const unknownWords = (words) => ask("unknownWords", words);
export const isOutdated = (kdf) => ask("isOutdated", kdf);
export const protectAgain = (passphrase, seed) => ask("protectAgain", passphrase, seed);

function ask(act, ...values) {
  worker ??= started();
  asked += 1;
  const id = asked;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, act, values });
  });
}

function started() {
  const fresh = new Worker(new URL("./vault_worker.js", import.meta.url), { type: "module" });
  fresh.onmessage = ({ data: { id, result, error } }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error) reject(new ProtocolError(error.code, error.detail, error.pointer));
    else resolve(result);
  };
  fresh.onerror = () => {
    for (const { reject } of waiting.values()) {
      reject(new ProtocolError("failed", "this device could not finish"));
    }
    waiting.clear();
    worker = undefined; // the next act starts a new one
  };
  return fresh;
}

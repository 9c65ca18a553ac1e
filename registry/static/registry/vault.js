// Vault v1: a driver's seed under a passphrase (the browser's protocol/vault.py).
// Argon2id takes a while: pages call it through vault_in_worker.js.

import { entropyToMnemonic, mnemonicToEntropy } from "../vendor/@scure/bip39/index.js";
import { wordlist } from "../vendor/@scure/bip39/wordlists/english.js";
import { concat, fromBase64, fromHex, toBase64, toHex, utf8 } from "../portal/bytes.js";
import { derive } from "../portal/keys.js";
import { ProtocolError } from "../portal/protocol_error.js";
import sodium from "../portal/sodium.js";

export const VERSION = 1;
export const KDF_ALGORITHM = "argon2id13";
export const MIN_OPS = 3;
export const MIN_MEM = 64 * 1024 * 1024;
// What new vaults cost. Raise these two, not the floors: vaults follow at their next unlock.
export const NOW_OPS = 3;
export const NOW_MEM = 64 * 1024 * 1024;
export const MAX_OPS = 16;
export const MAX_MEM = 1024 * 1024 * 1024;

const SEED_BYTES = 32;
const SALT_BYTES = 16;
const NONCE_BYTES = sodium.crypto_secretbox_NONCEBYTES;
const SEALED_BYTES = NONCE_BYTES + SEED_BYTES + sodium.crypto_secretbox_MACBYTES;

// Returns {seed, vault, signInProof}: the seed stays here, the rest goes to the server.
export function create(passphrase, seed = sodium.randombytes_buf(SEED_BYTES)) {
  const salt = sodium.randombytes_buf(SALT_BYTES);
  return createFrom(passphrase, seed, salt, sodium.randombytes_buf(NONCE_BYTES));
}

// For test vectors only: neither salt nor nonce may be used twice.
export function createFrom(passphrase, seed, salt, nonce) {
  if (seed.length !== SEED_BYTES) throw new ProtocolError("bad_vault", "a seed is 32 bytes");
  const kdf = { algorithm: KDF_ALGORITHM, ops: NOW_OPS, mem_bytes: NOW_MEM, salt: toHex(salt) };
  const { sealKey, signInProof } = prove(passphrase, kdf);
  const sealed = concat(nonce, sodium.crypto_secretbox_easy(seed, nonce, sealKey));
  return { seed, vault: { version: VERSION, kdf, sealed_seed: toBase64(sealed) }, signInProof };
}

// Returns {sealKey, signInProof}; refuses parameters below the floors.
export function prove(passphrase, kdf) {
  const { ops, mem_bytes, salt } = checkKdf(kdf);
  const master = sodium.crypto_pwhash(
    32,
    utf8(passphrase.normalize("NFKC")),
    fromHex(salt),
    ops,
    mem_bytes,
    sodium.crypto_pwhash_ALG_ARGON2ID13,
  );
  return {
    sealKey: derive(master, utf8("odometer/vault/v1/seal")),
    signInProof: derive(master, utf8("odometer/vault/v1/sign-in")),
  };
}

// Returns the seed.
export function openVault(vault, sealKey) {
  const sealed = fromBase64(check(vault).sealed_seed);
  const [nonce, ciphertext] = [sealed.slice(0, NONCE_BYTES), sealed.slice(NONCE_BYTES)];
  try {
    return sodium.crypto_secretbox_open_easy(ciphertext, nonce, sealKey);
  } catch {
    throw new ProtocolError("wrong_key", "that passphrase does not open this vault");
  }
}

export function check(vault) {
  refuseUnless(hasExactly(vault, ["version", "kdf", "sealed_seed"]), "a vault has three fields");
  if (vault.version !== VERSION) {
    throw new ProtocolError("unsupported_version", "this version of the vault is not known");
  }
  refuseUnless(typeof vault.sealed_seed === "string", "sealed_seed is text", "/sealed_seed");
  const sealed = fromBase64(vault.sealed_seed, "bad_vault");
  refuseUnless(sealed.length === SEALED_BYTES, "sealed_seed has a wrong length", "/sealed_seed");
  checkKdf(vault.kdf);
  return vault;
}

export function checkKdf(kdf) {
  const isShaped = hasExactly(kdf, ["algorithm", "ops", "mem_bytes", "salt"]);
  refuseUnless(isShaped && typeof kdf.salt === "string", "kdf has four fields", "/kdf");
  if (kdf.algorithm !== KDF_ALGORITHM) {
    throw new ProtocolError("weak_kdf", "only argon2id13 is accepted", "/kdf/algorithm");
  }
  const salt = fromHex(kdf.salt, "bad_vault");
  refuseUnless(salt.length === SALT_BYTES, "the salt is 16 bytes in hex", "/kdf/salt");
  checkWithin(kdf.ops, MIN_OPS, MAX_OPS, "ops");
  checkWithin(kdf.mem_bytes, MIN_MEM, MAX_MEM, "mem_bytes");
  return kdf;
}

// Whether new vaults cost more than this one.
export function isOutdated(kdf) {
  const { ops, mem_bytes } = checkKdf(kdf);
  const isSame = ops === NOW_OPS && mem_bytes === NOW_MEM;
  return !isSame && ops <= NOW_OPS && mem_bytes <= NOW_MEM;
}

// The same seed under the same passphrase at what new vaults cost; opened again before it is sent.
export function protectAgain(passphrase, seed) {
  const { vault, signInProof } = create(passphrase, seed);
  const { sealKey } = prove(passphrase, vault.kdf);
  if (toHex(openVault(vault, sealKey)) !== toHex(seed)) {
    throw new ProtocolError("failed", "the new vault does not open");
  }
  return { vault, signInProof };
}

// The 24 English words of the recovery sheet.
export const wordsOf = (seed) => entropyToMnemonic(seed, wordlist).split(" ");

// The seed of 24 words; four letters of each are enough.
export function seedOf(words) {
  const known = typed(words).map(wordOf);
  if (known.length !== 24) throw new ProtocolError("bad_words", "a sheet has 24 words");
  try {
    return mnemonicToEntropy(known.join(" "), wordlist);
  } catch {
    throw new ProtocolError("bad_words", "these are not the 24 words of a sheet");
  }
}

// Which words of a sheet are on no list, counted from 1.
export const unknownWords = (words) =>
  typed(words).flatMap((word, index) => (wordlist.includes(wordOf(word)) ? [] : [index + 1]));

const typed = (words) =>
  (Array.isArray(words) ? words.join(" ") : words).normalize("NFKC").toLowerCase().trim().split(/\s+/);

function wordOf(text) {
  const fits = wordlist.filter((word) => word.startsWith(text));
  return fits.length === 1 && !fits.includes(text) ? fits[0] : text;
}

const hasExactly = (value, names) =>
  typeof value === "object" &&
  value !== null &&
  Object.keys(value).length === names.length &&
  names.every((name) => Object.hasOwn(value, name));

function checkWithin(value, floor, ceiling, name) {
  const at = `/kdf/${name}`;
  refuseUnless(Number.isSafeInteger(value) && value <= ceiling, `${name} is out of range`, at);
  if (value < floor) throw new ProtocolError("weak_kdf", `${name} must be at least ${floor}`, at);
}

function refuseUnless(isFine, detail, pointer = "") {
  if (!isFine) throw new ProtocolError("bad_vault", detail, pointer);
}

// What a driver signs to renew a consent, made in the browser from what its page showed.

import { toHex } from "../portal/bytes.js";
import { toBytes32 } from "../portal/keys.js";
import { consentDomain, digest, renew, revoke, termsDigest } from "./typed_data.js";

// shown: {dataset_id, chain_id, registry_address, expires_at (Unix seconds)}; nonce: the registry's.
export function wordsOf(shown, driver, nonce) {
  const domain = consentDomain(shown.chain_id, shown.registry_address);
  const dataset = toBytes32(shown.dataset_id);
  return {
    renew: renew(domain, { driver, dataset, expiry: shown.expires_at, nonce }),
    revoke: revoke(domain, { driver, dataset, nonce: nonce + 1 }),
  };
}

// Whether these terms are those that were signed: their digest, and the one this browser saw.
export function areSame({ terms, terms_digest }, seen) {
  const own = `0x${toHex(termsDigest(terms))}`;
  return own === terms_digest && (seen === undefined || seen === own);
}

// Whether the server asks for exactly the words that follow from what was shown.
export function isAsShown(asked, words) {
  return ["renew", "revoke"].every((name) => toHex(digest(asked[name])) === toHex(digest(words[name])));
}

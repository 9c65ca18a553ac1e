// Recovery v1: prove that one holds a seed (the browser's protocol/recovery.py).
//
// What a challenge holds never leaves this browser, and a sealed box that holds anything else is
// refused: the server could otherwise have a wrapped data key opened for itself.

import { hmac } from "../vendor/@noble/hashes/hmac.js";
import { sha256 } from "../vendor/@noble/hashes/sha2.js";
import { areEqual, concat, utf8 } from "../portal/bytes.js";
import { encode } from "../portal/canonical.js";
import { ProtocolError } from "../portal/protocol_error.js";
import sodium from "../portal/sodium.js";

const PREFIX = utf8("odometer/recovery/v1/challenge\0");
const PROOF = utf8("odometer/recovery/v1/proof\0");
const SECRET_BYTES = 32;

export const sealChallenge = (challenge, publicKey) =>
  sodium.crypto_box_seal(concat(PREFIX, challenge), publicKey);

// Returns the 32 bytes of a challenge; refuses with wrong_key or not_a_challenge.
export function openChallenge(sealed, boxKey) {
  const content = unsealed(sealed, boxKey);
  const isOne = content.length === PREFIX.length + SECRET_BYTES;
  if (!isOne || !areEqual(content.slice(0, PREFIX.length), PREFIX)) {
    content.fill(0);
    throw new ProtocolError("not_a_challenge", "the server sent something else than a challenge");
  }
  return content.slice(PREFIX.length);
}

// answer: {origin, handle, recovery_id, vault, sign_in_proof}, all of it bound into the proof.
export function proveRecovery(challenge, { origin, handle, recovery_id, vault, sign_in_proof }) {
  const bound = encode({ origin, handle, recovery_id, vault, sign_in_proof });
  return hmac(sha256, challenge, concat(PROOF, bound));
}

// A handle in its normal form, as the server knows it.
export const normalHandle = (text) => text.normalize("NFKC").trim().toLowerCase();

function unsealed(sealed, boxKey) {
  try {
    return sodium.crypto_box_seal_open(sealed, sodium.crypto_scalarmult_base(boxKey), boxKey);
  } catch {
    throw new ProtocolError("wrong_key", "this seed does not open the challenge");
  }
}

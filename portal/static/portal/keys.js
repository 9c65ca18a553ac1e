// Keys that follow from a driver's seed (the browser's half of protocol/vault.py).

import { hkdf } from "../vendor/@noble/hashes/hkdf.js";
import { sha256 } from "../vendor/@noble/hashes/sha2.js";
import { bigEndian, concat, toNumber, utf8 } from "./bytes.js";
import { ProtocolError } from "./protocol_error.js";
import sodium from "./sodium.js";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const WIDE_BYTES = 48; // 128 bits beyond the order, so that the remainder is not biased

export const derive = (secret, info, length = 32) => hkdf(sha256, secret, undefined, info, length);

// The X25519 key that opens the driver's own uploads.
export const boxKey = (seed) => derive(seed, utf8("odometer/v1/box"));

export const boxPublicKey = (seed) => sodium.crypto_scalarmult_base(boxKey(seed));

// The secp256k1 key for one dataset; datasetId: its on-chain 32 bytes.
export function consentKey(seed, datasetId) {
  if (datasetId.length !== 32) throw new ProtocolError("bad_id", "a dataset id is 32 bytes");
  return scalar(seed, concat(utf8("odometer/v1/consent/"), datasetId));
}

export const payoutKey = (seed) => scalar(seed, utf8("odometer/v1/payout"));

// The on-chain form of a UUID: its sixteen bytes, then zeros.
export function toBytes32(uuid) {
  const digits = uuid.replaceAll("-", "");
  if (!/^[0-9a-fA-F]{32}$/.test(digits)) throw new ProtocolError("bad_id", "this is not a UUID");
  return concat(bigEndian(`0x${digits}`, 16), new Uint8Array(16));
}

function scalar(seed, info) {
  const wide = toNumber(derive(seed, info, WIDE_BYTES));
  return bigEndian((wide % (ORDER - 1n)) + 1n, 32);
}

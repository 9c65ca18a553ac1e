// A receipt in the hands of whoever holds it: read, checked without any network, made into a call.

import { bigEndian, concat, fromHex, toHex, utf8 } from "../portal/bytes.js";
import { checksum, consentDomain, grant, keccak256, recover, revoke } from "../portal/typed_data.js";
import { termsDigest } from "./typed_data.js";

const CALL = "revoke_by_signature(address,bytes32,uint64,bytes)";
const SIGNATURE = /^0x[0-9a-fA-F]{130}$/;
const HEAD_BYTES = 4 * 32;

// Returns what the receipt says and the revocations in it: first the one that the chain took when
// it was written, then those of renewals that were on their way. Throws "no_receipt" or "no_stop".
export function read(text) {
  const { proof, buyer } = opened(text);
  const { terms } = proof;
  return {
    buyer,
    text: terms.text,
    until: until(proof),
    address: checksum(proof.consent_address),
    datasetId: terms.dataset_id,
    dataset: bytes32(terms.dataset_id),
    chainId: proof.chain_id,
    contract: checksum(proof.contract),
    ways: waysOut(proof),
    isProven: isProven(proof),
  };
}

// The call of the contract that ends the consent, as 0x hex; anyone may send it.
export function calldata({ address, dataset }, { nonce, signature }) {
  const raw = fromHex(signature);
  const words = [
    keccak256(utf8(CALL)).slice(0, 4),
    concat(new Uint8Array(12), fromHex(address)),
    fromHex(dataset),
    bigEndian(nonce, 32),
    bigEndian(HEAD_BYTES, 32),
    bigEndian(raw.length, 32),
    concat(raw, new Uint8Array(-raw.length & 31)),
  ];
  return `0x${toHex(concat(...words))}`;
}

function opened(text) {
  try {
    const receipt = JSON.parse(text);
    const { proof } = receipt;
    bytes32(proof.terms.dataset_id);
    checksum(proof.consent_address);
    checksum(proof.contract);
    if (typeof proof.terms.text.en !== "string" || !Number.isSafeInteger(until(proof))) throw refused("no_receipt");
    return { proof, buyer: buyerOf(receipt) };
  } catch {
    throw refused("no_receipt");
  }
}

// Told by the server that wrote the receipt; nobody signed it.
const buyerOf = (receipt) => receipt["dpv:hasRecordOfActivity"]?.["dpv:hasProcess"]?.["dpv:hasRecipient"]?.["dpv:hasName"] ?? "";

function until(proof) {
  const stand = (proof.renewals ?? []).filter((one) => one.chain.renewed_block !== null);
  return (stand.at(-1) ?? proof.terms).expires_at;
}

function waysOut(proof) {
  const [, , nonce, signature] = proof.how_to_stop?.args ?? [];
  const later = (proof.renewals ?? []).map((one) => ({ nonce: one.nonce + 1, signature: one.signatures?.revoke }));
  const all = [{ nonce, signature }, ...later.filter((one) => one.nonce > nonce)];
  const ways = all.filter((one) => Number.isSafeInteger(one.nonce) && SIGNATURE.test(one.signature));
  if (!ways.length) throw refused("no_stop");
  return ways;
}

// Whether the address signed these terms and these revocations. A contract account's signature
// only the chain can check.
function isProven(proof) {
  try {
    const { terms, terms_keccak256, nonce, signatures } = proof;
    const driver = checksum(proof.consent_address);
    const dataset = bytes32(terms.dataset_id);
    const domain = consentDomain(proof.chain_id, proof.contract);
    const words = grant(domain, { driver, dataset, terms: terms_keccak256, expiry: terms.expires_at, nonce });
    const ends = (way) => recover(revoke(domain, { driver, dataset, nonce: way.nonce }), way.signature) === driver;
    return (
      `0x${toHex(termsDigest(terms))}` === terms_keccak256 &&
      recover(words, signatures.grant) === driver &&
      waysOut(proof).every(ends)
    );
  } catch {
    return false;
  }
}

// The chain's form of a dataset's id: its sixteen bytes, then zeros.
function bytes32(uuid) {
  const digits = uuid.replaceAll("-", "").toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(digits)) throw refused("no_receipt");
  return `0x${digits.padEnd(64, "0")}`;
}

const refused = (code) => Object.assign(new Error(code), { code });

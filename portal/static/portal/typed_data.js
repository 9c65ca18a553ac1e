// EIP-712 messages people sign (the browser's protocol/typed_data.py).

import { secp256k1 } from "../vendor/@noble/curves/secp256k1.js";
import { keccak_256 } from "../vendor/@noble/hashes/sha3.js";
import { bigEndian, concat, fromHex, toHex, toNumber, utf8 } from "./bytes.js";
import { ProtocolError } from "./protocol_error.js";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const DOMAIN_FIELDS = "string name,string version,uint256 chainId,address verifyingContract";
const FIELDS = {
  Grant: "address driver,bytes32 dataset,bytes32 terms,uint64 expiry,uint64 nonce",
  Renew: "address driver,bytes32 dataset,uint64 expiry,uint64 nonce",
  Revoke: "address driver,bytes32 dataset,uint64 nonce",
  Order: "address buyer,address recipient,bytes32 release,uint256 maxPrice,uint64 deadline",
  Fund:
    "address funder,address recipient,bytes32 request,bytes32 dataset,uint256 bounty," +
    "uint64 threshold,uint64 deadline,uint64 validUntil",
  Claim: "address driver,address to,bytes32[] releases,uint64 deadline",
  Permit: "address owner,address spender,uint256 value,uint256 nonce,uint256 deadline",
};

export const keccak256 = (bytes) => keccak_256(bytes);

export const consentDomain = (chainId, address) =>
  tokenDomain("Odometer ConsentRegistry", chainId, address);

export const marketDomain = (chainId, address) =>
  tokenDomain("Odometer ReleaseMarket", chainId, address);

export const escrowDomain = (chainId, address) =>
  tokenDomain("Odometer CampaignEscrow", chainId, address);

export const tokenDomain = (name, chainId, address) => ({
  name,
  version: "1",
  chainId,
  verifyingContract: checksum(address),
});

// Ids and digests are 32 bytes (Uint8Array) or 0x hex; wide numbers are decimal text.
export const grant = (domain, message) => typed("Grant", domain, message);
export const renew = (domain, message) => typed("Renew", domain, message);
export const revoke = (domain, message) => typed("Revoke", domain, message);
export const order = (domain, message) => typed("Order", domain, message);
export const fund = (domain, message) => typed("Fund", domain, message);
export const claim = (domain, message) => typed("Claim", domain, message);
export const permit = (domain, message) => typed("Permit", domain, message);

// The 32 bytes that are signed.
export function digest({ types, primaryType, domain, message }) {
  const domainHash = structHash(types, "EIP712Domain", domain);
  return keccak_256(
    concat(Uint8Array.of(0x19, 0x01), domainHash, structHash(types, primaryType, message)),
  );
}

// r | s | v as 0x hex: deterministic, low s, v 27 or 28.
export function sign(privateKey, typedData) {
  const options = { prehash: false, format: "recovered" };
  const [recovery, ...rest] = secp256k1.sign(digest(typedData), privateKey, options);
  return `0x${toHex(rest)}${(recovery + 27).toString(16)}`;
}

// The checksum address that signed; a malformed or high-s signature is refused.
export function recover(typedData, signature) {
  const raw = typeof signature === "string" ? fromHex(signature, "bad_signature") : signature;
  if (raw.length !== 65 || (raw[64] !== 27 && raw[64] !== 28)) {
    throw new ProtocolError("bad_signature", "a signature is r, s and v (27 or 28), 65 bytes");
  }
  if (toNumber(raw.slice(32, 64)) > ORDER / 2n) {
    throw new ProtocolError("high_s", "this signature is in its high-s form");
  }
  return addressOfPublic(recoverKey(raw, digest(typedData)));
}

export const addressOf = (privateKey) =>
  addressOfPublic(secp256k1.Point.fromBytes(secp256k1.getPublicKey(privateKey)));

// The address in its mixed-case checksum form; a wrong checksum is refused.
export function checksum(address) {
  if (!/^0x[0-9a-fA-F]{40}$/.test(address)) {
    throw new ProtocolError("bad_typed_data", "this is not an address");
  }
  const lower = address.slice(2).toLowerCase();
  const hash = toHex(keccak_256(utf8(lower)));
  const raised = (digit, index) => (hash[index] >= "8" ? digit.toUpperCase() : digit);
  const mixed = `0x${Array.from(lower, raised).join("")}`;
  if (address !== address.toLowerCase() && address !== mixed) {
    throw new ProtocolError("bad_typed_data", "an address has a wrong checksum");
  }
  return mixed;
}

function recoverKey(raw, hash) {
  try {
    const compact = secp256k1.Signature.fromBytes(raw.slice(0, 64), "compact");
    return compact.addRecoveryBit(raw[64] - 27).recoverPublicKey(hash);
  } catch {
    throw new ProtocolError("bad_signature", "nobody can have made this signature");
  }
}

const addressOfPublic = (point) =>
  checksum(`0x${toHex(keccak_256(point.toBytes(false).slice(1)).slice(12))}`);

function typed(name, domain, values) {
  const fields = fieldsOf(FIELDS[name]);
  const message = Object.fromEntries(
    fields.map((field) => [field.name, spelled(field.type, values[field.name])]),
  );
  const types = { EIP712Domain: fieldsOf(DOMAIN_FIELDS), [name]: fields };
  return { types, primaryType: name, domain: { ...domain }, message };
}

const fieldsOf = (text) =>
  text.split(",").map((field) => {
    const [type, name] = field.split(" ");
    return { name, type };
  });

// A value as wallets take it: hex bytes, checksum addresses, wide numbers as text.
function spelled(type, value) {
  if (type === "bytes32[]") return value.map((member) => spelled("bytes32", member));
  if (type === "bytes32") return `0x${toHex(word(value))}`;
  if (type === "address") return checksum(value);
  return type === "uint256" ? `${value}` : value;
}

function word(value) {
  const bytes = typeof value === "string" ? fromHex(value, "bad_typed_data") : value;
  if (bytes.length !== 32) {
    throw new ProtocolError("bad_typed_data", "an id or digest is 32 bytes");
  }
  return bytes;
}

function structHash(types, name, values) {
  const fields = types[name];
  const signature = `${name}(${fields.map((field) => `${field.type} ${field.name}`).join(",")})`;
  const words = fields.map((field) => encoded(field.type, values[field.name]));
  return keccak_256(concat(keccak_256(utf8(signature)), ...words));
}

function encoded(type, value) {
  if (value === undefined) throw new ProtocolError("bad_typed_data", `a ${type} is missing`);
  if (type === "bytes32[]") return keccak_256(concat(...value.map(word)));
  if (type === "bytes32") return word(value);
  if (type === "string") return keccak_256(utf8(value));
  if (type === "address") return concat(new Uint8Array(12), fromHex(checksum(value)));
  const bits = /^uint(64|128|256)$/.exec(type)?.[1];
  if (!bits) throw new ProtocolError("bad_typed_data", `${type} is not signed here`);
  return concat(new Uint8Array(32 - bits / 8), bigEndian(value, bits / 8, "bad_typed_data"));
}

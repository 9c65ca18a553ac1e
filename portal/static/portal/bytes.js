// Bytes and their two spellings, hex and base64.

import { ProtocolError } from "./protocol_error.js";

export const utf8 = (text) => new TextEncoder().encode(text);

export const toHex = (bytes) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export function fromHex(text, code = "bad_hex") {
  const digits = text.startsWith("0x") ? text.slice(2) : text;
  if (digits.length % 2 || /[^0-9a-fA-F]/.test(digits)) {
    throw new ProtocolError(code, "this is not hex");
  }
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));

export function fromBase64(text, code = "bad_base64") {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw new ProtocolError(code, "this is not base64");
  }
}

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

export const areEqual = (one, other) =>
  one.length === other.length && one.every((byte, index) => byte === other[index]);

// A whole number as `size` bytes, most significant first.
export function bigEndian(value, size, code = "bad_number") {
  const number = whole(value, code);
  if (number < 0n || number >> BigInt(8 * size)) {
    throw new ProtocolError(code, "this number does not fit");
  }
  return fromHex(number.toString(16).padStart(2 * size, "0"));
}

function whole(value, code) {
  try {
    return BigInt(value);
  } catch {
    throw new ProtocolError(code, "this is not a whole number");
  }
}

export const toNumber = (bytes) => BigInt("0x" + toHex(bytes));

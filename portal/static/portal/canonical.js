// Canonical JSON: one byte string for one value (the browser's protocol/canonical.py).

import { areEqual, utf8 } from "./bytes.js";
import { ProtocolError } from "./protocol_error.js";

const refuse = (detail, at) => {
  throw new ProtocolError("not_canonical", detail, at);
};

export const encode = (value) => utf8(written(value, ""));

export function decode(bytes) {
  let value;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    refuse("these bytes are not JSON", "");
  }
  if (!areEqual(encode(value), bytes)) refuse("this JSON is not in canonical form", "");
  return value;
}

function written(value, at) {
  if (value === null || typeof value === "boolean" || typeof value === "bigint") return `${value}`;
  if (typeof value === "string") return JSON.stringify(normal(value, at));
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) refuse(`${value} is not an integer that is exact`, at);
    return `${value}`;
  }
  if (Array.isArray(value)) {
    return `[${value.map((member, index) => written(member, `${at}/${index}`)).join(",")}]`;
  }
  if (typeof value === "object" && !ArrayBuffer.isView(value)) return writtenMembers(value, at);
  return refuse(`${typeof value} cannot be written canonically`, at);
}

function writtenMembers(value, at) {
  const members = Object.keys(value).map((key) => [normal(key, at), value[key]]);
  members.sort(([one], [other]) => byCodePoint(one, other));
  if (members.some(([key], index) => index > 0 && key === members[index - 1][0])) {
    refuse("two keys are the same", at);
  }
  const text = ([key, member]) => `${JSON.stringify(key)}:${written(member, `${at}/${key}`)}`;
  return `{${members.map(text).join(",")}}`;
}

function normal(text, at) {
  if (/\p{Surrogate}/u.test(text)) refuse("the text holds half a character", at);
  return text.normalize("NFC");
}

// JavaScript sorts by UTF-16 units, which differs beyond the basic plane.
function byCodePoint(one, other) {
  const [left, right] = [Array.from(one), Array.from(other)];
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const difference = left[index].codePointAt(0) - right[index].codePointAt(0);
    if (difference) return difference;
  }
  return left.length - right.length;
}

// Envelope v1: seal and open a file in authenticated chunks (the browser's protocol/envelope.py).

import { areEqual, bigEndian, concat, toNumber, utf8 } from "../portal/bytes.js";
import { encode } from "../portal/canonical.js";
import { ProtocolError } from "../portal/protocol_error.js";
import sodium from "../portal/sodium.js";

export const VERSION = 1;
export const CHUNK_BYTES = 65536;
export const HEADER_BYTES = 34;

const ALGORITHM = 1;
const TAG_BYTES = sodium.crypto_secretstream_xchacha20poly1305_ABYTES;
const STREAM_HEADER_BYTES = sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES;
const KEY_BYTES = sodium.crypto_secretstream_xchacha20poly1305_KEYBYTES;
const MESSAGE = sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
const FINAL = sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL;

export const newDataKey = () => sodium.randombytes_buf(KEY_BYTES);

export const sealedSize = (plainBytes) =>
  HEADER_BYTES + plainBytes + TAG_BYTES * Math.max(1, Math.ceil(plainBytes / CHUNK_BYTES));

// context: {kind: "upload" | "release", account, subject, object}
export function contextDigest({ kind, account, subject, object }) {
  if (kind !== "upload" && kind !== "release") {
    throw new ProtocolError("wrong_context", "a sealed object is an upload or a release");
  }
  return sodium.crypto_hash_sha256(encode({ v: VERSION, kind, account, subject, object }));
}

export function readHeader(bytes) {
  const magic = utf8("ODOM").slice(0, bytes.length);
  if (!areEqual(bytes.slice(0, 4), magic)) {
    throw new ProtocolError("bad_header", "this is not a sealed object");
  }
  if (bytes.length < HEADER_BYTES) {
    throw new ProtocolError("truncated", "the header is cut short");
  }
  if (bytes[4] !== VERSION || bytes[5] !== ALGORITHM) {
    throw new ProtocolError("unsupported_version", "this version of the envelope is not known");
  }
  if (toNumber(bytes.slice(6, 10)) !== BigInt(CHUNK_BYTES)) {
    throw new ProtocolError("bad_header", "version 1 has chunks of 65536 bytes");
  }
  return { version: VERSION, algorithm: ALGORITHM, streamHeader: bytes.slice(10, HEADER_BYTES) };
}

// Yields the envelope piece by piece. source: Uint8Array, Blob, stream or iterable of Uint8Array.
export const seal = (source, dataKey, context) =>
  sealFrom(sodium.randombytes_buf(STREAM_HEADER_BYTES), source, dataKey, context);

// For test vectors only: no stream header may be used twice.
export async function* sealFrom(streamHeader, source, dataKey, context) {
  yield concat(
    utf8("ODOM"),
    Uint8Array.of(VERSION, ALGORITHM),
    bigEndian(CHUNK_BYTES, 4),
    streamHeader,
  );
  const state = stateOf(streamHeader, dataKey);
  const digest = contextDigest(context);
  let index = 0;
  for await (const [chunk, isLast] of lookahead(cut(piecesOf(source), CHUNK_BYTES))) {
    const bound = concat(digest, bigEndian(index, 8));
    const tag = isLast ? FINAL : MESSAGE;
    yield sodium.crypto_secretstream_xchacha20poly1305_push(state, chunk, bound, tag);
    index += 1;
  }
}

export const sealBytes = (plaintext, dataKey, context) => whole(seal(plaintext, dataKey, context));

// Yields the plaintext; only after the last piece is the whole known to be whole.
export async function* openChunks(source, dataKey, context) {
  const pieces = cutAfterHeader(piecesOf(source));
  const state = stateOf(readHeader((await pieces.next()).value).streamHeader, dataKey);
  const digest = contextDigest(context);
  let index = 0;
  let tag = MESSAGE;
  for await (const piece of pieces) {
    if (tag === FINAL) throw new ProtocolError("trailing_bytes", "bytes follow the last chunk");
    const opened = openChunk(state, piece, digest, index);
    yield opened.message;
    tag = opened.tag;
    index += 1;
  }
  if (tag !== FINAL) throw new ProtocolError("truncated", "the last chunk is missing");
}

export const openBytes = (ciphertext, dataKey, context) =>
  whole(openChunks(ciphertext, dataKey, context));

// The data key sealed to one X25519 public key, bound to what it opens.
export const wrapKey = (dataKey, recipientPublicKey, context) =>
  sodium.crypto_box_seal(concat(dataKey, contextDigest(context)), recipientPublicKey);

export function unwrapKey(wrapped, privateKey, context) {
  const content = unboxed(wrapped, privateKey);
  if (
    content.length !== KEY_BYTES + 32 ||
    !areEqual(content.slice(KEY_BYTES), contextDigest(context))
  ) {
    throw new ProtocolError("wrong_context", "the wrapped key belongs to another object");
  }
  return content.slice(0, KEY_BYTES);
}

function unboxed(wrapped, privateKey) {
  try {
    const publicKey = sodium.crypto_scalarmult_base(privateKey);
    return sodium.crypto_box_seal_open(wrapped, publicKey, privateKey);
  } catch {
    throw new ProtocolError("wrong_key", "this key does not open the wrapped key");
  }
}

// Pushing from a header that was drawn outside is the same state as pulling.
const stateOf = (streamHeader, dataKey) =>
  sodium.crypto_secretstream_xchacha20poly1305_init_pull(streamHeader, dataKey);

function openChunk(state, piece, digest, index) {
  if (piece.length < TAG_BYTES) {
    throw new ProtocolError("truncated", "the last chunk is cut short");
  }
  const bound = concat(digest, bigEndian(index, 8));
  const opened = sodium.crypto_secretstream_xchacha20poly1305_pull(state, piece, bound);
  if (!opened && index === 0) {
    throw new ProtocolError("wrong_key", "key or context do not open this object");
  }
  if (!opened || (opened.tag !== MESSAGE && opened.tag !== FINAL)) {
    throw new ProtocolError("damaged", `chunk ${index} was changed, moved or cut`);
  }
  return opened;
}

async function* piecesOf(source) {
  if (source instanceof Uint8Array) {
    yield source;
  } else if (source instanceof Blob) {
    yield* read(source.stream());
  } else if (typeof source.getReader === "function") {
    yield* read(source);
  } else {
    yield* source;
  }
}

// Not every browser can iterate over a stream.
async function* read(stream) {
  const reader = stream.getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    yield step.value;
  }
}

// The same bytes in pieces of exactly `size`; the last may be shorter; never none.
async function* cut(pieces, size) {
  let rest = new Uint8Array();
  let isEmpty = true;
  for await (const piece of pieces) {
    rest = rest.length ? concat(rest, piece) : piece;
    while (rest.length >= size) {
      yield rest.subarray(0, size);
      rest = rest.subarray(size);
      isEmpty = false;
    }
  }
  if (rest.length || isEmpty) yield rest;
}

async function* cutAfterHeader(pieces) {
  let start = new Uint8Array();
  while (start.length < HEADER_BYTES) {
    const { value, done } = await pieces.next();
    if (done) break;
    start = concat(start, value);
  }
  yield start.slice(0, HEADER_BYTES);
  yield* cut(following(start.slice(HEADER_BYTES), pieces), CHUNK_BYTES + TAG_BYTES);
}

async function* following(first, rest) {
  yield first;
  yield* rest;
}

async function* lookahead(chunks) {
  let { value: held } = await chunks.next();
  for await (const chunk of chunks) {
    yield [held, false];
    held = chunk;
  }
  yield [held, true];
}

async function whole(pieces) {
  const parts = [];
  for await (const piece of pieces) parts.push(piece);
  return concat(...parts);
}

// Rows of a delimited text as bytes, the way anonymize/formats/tables.py parts them: nothing is
// decoded but what is asked for, so that what is not changed stays as it was, to the byte.

import { ProtocolError } from "../portal/protocol_error.js";

export const MOST_ROW_BYTES = 1 << 20;
const MOST_FIELDS = 2000;
const SHORT_BYTES = 32;
const [QUOTE, NEWLINE, RETURN] = [0x22, 0x0a, 0x0d];
const SEPARATORS = [",", ";", "\t", "|"];
const text = new TextDecoder(); // bytes that are no UTF-8 become a sign of their own; none is lost

// Short plain text by hand: a decoder's call costs more than the few signs of a number.
function decoded(bytes, start, end) {
  if (end - start > SHORT_BYTES) return text.decode(bytes.subarray(start, end));
  let made = "";
  for (let at = start; at < end; at += 1) {
    if (bytes[at] > 0x7f) return text.decode(bytes.subarray(start, end));
    made += String.fromCharCode(bytes[at]);
  }
  return made;
}

// One row: bytes[start, end), with its line end up to `next`; and where each field begins and ends.
export class Row {
  starts = new Int32Array(MOST_FIELDS);
  ends = new Int32Array(MOST_FIELDS);
  count = 0;
  lines = 1;

  // A field without its quotes.
  field(place) {
    const raw = decoded(this.bytes, this.starts[place], this.ends[place]);
    if (!raw.startsWith('"')) return raw;
    const isClosed = raw.length > 1 && raw.endsWith('"');
    return raw.slice(1, isClosed ? -1 : undefined).replaceAll('""', '"');
  }

  // The same row in bytes of its own.
  copy() {
    const moved = (places) => places.slice(0, this.count).map((at) => at - this.start);
    const copy = Object.create(Row.prototype);
    const bytes = this.bytes.slice(this.start, this.next);
    const { count, lines } = this;
    const end = this.end - this.start;
    return Object.assign(copy, { bytes, starts: moved(this.starts), ends: moved(this.ends), count, lines, start: 0, end, next: bytes.length });
  }

  fields = () => Array.from({ length: this.count }, (_, place) => this.field(place));
  content = () => text.decode(this.bytes.subarray(this.start, this.end));
}

// Calls use(row) for each whole row in bytes; returns where the first incomplete row begins.
// isLast: no more bytes follow, so the last row is whole too. Row ends: \n, \r\n and \r.
// Throws ProtocolError row_too_long: a quote that never ends would hide everything behind it.
export function eachRow(bytes, separator, isLast, use, row = new Row()) {
  row.bytes = bytes;
  let start = 0;
  while (start < bytes.length) {
    const next = readRow(bytes, start, separator, isLast, row);
    if ((next < 0 ? bytes.length : next) - start > MOST_ROW_BYTES) {
      throw new ProtocolError("row_too_long", "a row has no end");
    }
    if (next < 0) return start;
    row.next = next;
    use(row);
    start = next;
  }
  return start;
}

function readRow(bytes, start, separator, isLast, row) {
  let at = start;
  row.start = start;
  row.count = 0;
  row.lines = 1;
  for (;;) {
    const from = at;
    at = bytes[at] === QUOTE ? afterQuotes(bytes, at, row) : at;
    let byte = bytes[at];
    while (at < bytes.length && byte !== separator && byte !== NEWLINE && byte !== RETURN) byte = bytes[++at];
    if (at >= bytes.length && !isLast) return -1;
    if (row.count < MOST_FIELDS) {
      row.starts[row.count] = from;
      row.ends[row.count] = at;
    }
    row.count += 1;
    if (at >= bytes.length || byte !== separator) break;
    at += 1;
  }
  row.end = at;
  if (at >= bytes.length) return at;
  if (bytes[at] === NEWLINE) return at + 1;
  if (at + 1 >= bytes.length && !isLast) return -1; // \n may follow in the next piece
  return bytes[at + 1] === NEWLINE ? at + 2 : at + 1;
}

// The place behind the closing quote; a doubled quote is a quote in the text.
function afterQuotes(bytes, from, row) {
  let at = from + 1;
  for (; at < bytes.length; at += 1) {
    if (bytes[at] === NEWLINE || bytes[at] === RETURN) row.lines += 1;
    if (bytes[at] !== QUOTE) continue;
    if (bytes[at + 1] !== QUOTE) return at + 1;
    at += 1;
  }
  return at;
}

// Joins pieces as they come and hands over whole rows.
export class Reader {
  rest = new Uint8Array();
  row = new Row();
  separator = 0;
  names = null;

  // before: for remarks above the header and the header; begin: for its names; each: for every row.
  constructor({ before = () => {}, begin = () => {}, each }) {
    Object.assign(this, { before, begin, each });
  }

  push(piece, isLast = false) {
    const bytes = this.rest.length ? joined(this.rest, piece) : piece;
    let done = 0;
    if (!this.names) done = this.#header(bytes, isLast);
    if (this.names) {
      const left = bytes.subarray(done);
      done += eachRow(left, this.separator, isLast, (row) => this.each(row), this.row);
    }
    this.rest = bytes.slice(done);
  }

  // Remarks begin with #; the first line of another kind is the header, parted by what parts it most.
  #header(bytes, isLast) {
    let done = 0;
    for (const row of linesOf(bytes, isLast, new Row())) {
      const line = row.content().replace(/^\ufeff/, "");
      done = row.next;
      this.before(row);
      if (line.trim() && !line.startsWith("#")) {
        this.#take(line);
        return done;
      }
    }
    if (bytes.length - done > MOST_ROW_BYTES) throw new ProtocolError("row_too_long", "no header");
    return done;
  }

  #take(line) {
    const ways = SEPARATORS.map((mark) => ({ mark, names: namesBy(line, mark) }));
    const best = ways.reduce((one, other) => (other.names.length > one.names.length ? other : one));
    this.names = best.names;
    this.separator = best.mark.charCodeAt(0);
    this.begin(best.names);
  }
}

function* linesOf(bytes, isLast, row) {
  row.bytes = bytes;
  let start = 0;
  while (start < bytes.length) {
    const from = start;
    let end = start;
    while (end < bytes.length && bytes[end] !== NEWLINE && bytes[end] !== RETURN) end += 1;
    if (!isLast && (end >= bytes.length || (bytes[end] === RETURN && end + 1 >= bytes.length))) return;
    start = nextOf(bytes, end);
    Object.assign(row, { start: from, end, next: start });
    yield row;
  }
}

function nextOf(bytes, end) {
  if (end >= bytes.length) return bytes.length;
  return bytes[end] === RETURN && bytes[end + 1] === NEWLINE ? end + 2 : end + 1;
}

function namesBy(line, mark) {
  let names = [];
  eachRow(new TextEncoder().encode(line), mark.charCodeAt(0), true, (row) => {
    names = names.length ? names : row.fields();
  });
  return names;
}

function joined(one, other) {
  const whole = new Uint8Array(one.length + other.length);
  whole.set(one);
  whole.set(other, one.length);
  return whole;
}

// As wide as the header, give or take one empty field at the end: others are not read anyway.
export function fits(row, names) {
  const width = names.length;
  if (row.count === width) return true;
  if (row.count === width + 1) return row.starts[width] === row.ends[width];
  return row.count === width - 1 && !names.at(-1).trim();
}

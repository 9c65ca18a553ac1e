// Cuts positions out of a table, row by row, before it is sealed.
//
// plan: {mode: "keep" | "round" | "drop", step, zones: [{middle, radius_m}], inside: "rows" | "positions"}
// What cannot be judged does not stay: rows of another width, with line ends in a cell, or with a
// position that cannot be read while there are zones.

import { all, placeIn, placeOf, placeOfBoth, placesIn, readingNamesIn } from "./columns.js";
import { isWithinAny, snapped } from "./geometry.js";
import { Reader, fits } from "./rows.js";

const MOST_WAITING_BYTES = 8 << 20; // rows without a position, until the next one is known
const NUMBERS = /[-+]?\d+(?:\.\d+)?/g;
const [KEPT, INSIDE, UNKNOWN] = ["kept", "inside", "unknown"];
const SHORT_BYTES = 64; // up to here a loop is faster than a copy of memory
const encoder = new TextEncoder();

export const cutsNothing = ({ mode, zones }) => mode === "keep" && !zones.length;

// Sizes of a grid for rounding; degrees of latitude and decimals to write them with.
export const GRIDS = { 100: { step: 0.001, decimals: 3 }, 1000: { step: 0.01, decimals: 2 } };

export class Cutter {
  facts = { rows: 0, cut: 0, unlike: 0, cleared: 0 };
  #out = new Out();
  #waiting = [];
  #waitingBytes = 0;
  #wasInside = false;

  constructor(plan) {
    this.plan = plan;
    this.reader = new Reader({
      before: (row) => this.#out.copy(row.bytes, row.start, row.next),
      begin: (names) => this.#begin(names),
      each: (row) => this.#each(row),
    });
  }

  push(piece) {
    this.reader.push(piece);
    return this.#out.take();
  }

  end() {
    this.reader.push(new Uint8Array(), true);
    this.#settle(this.#wasInside);
    return this.#out.take();
  }

  #begin(names) {
    this.places = placesIn(names);
    this.readings = readingNamesIn(names);
    const { lone, also } = this.places;
    this.always = this.plan.mode === "keep" ? lone : [...lone, ...also];
    this.everywhere = all(this.places).map((at) => [at, ""]);
    this.needsPlaces = this.plan.mode === "round" || this.plan.zones.length > 0;
  }

  #each(row) {
    if (row.count === 1 && !row.field(0).trim()) return undefined; // no row at all
    this.facts.rows += row.lines;
    if (row.lines > 1 || !fits(row, this.reader.names)) {
      this.facts.unlike += row.lines;
      return undefined;
    }
    if (this.readings >= 0 && placeIn(row.field(this.readings))) {
      this.facts.cut += 1;
      return undefined;
    }
    return this.#judge(row);
  }

  #judge(row) {
    const found = this.needsPlaces ? this.#placesOf(row) : [];
    const side = this.plan.zones.length ? this.#sideOf(found) : KEPT;
    if (side === UNKNOWN) return this.#wait(row, found);
    if (this.plan.zones.length) {
      this.#settle(this.#wasInside || side === INSIDE);
      this.#wasInside = side === INSIDE;
    }
    return this.#write(row, found, side === INSIDE);
  }

  #placesOf(row) {
    const { pairs, both } = this.places;
    const ofPairs = pairs.map((columns) => ({ columns, place: placeOf(...columns.map((at) => row.field(at))) }));
    const ofBoth = both.map((at) => ({ columns: [at], place: placeOfBoth(row.field(at)) }));
    return [...ofPairs, ...ofBoth];
  }

  #sideOf(found) {
    if (found.some(({ place }) => place === undefined)) return INSIDE;
    const places = found.flatMap(({ place }) => (place ? this.#shapes(place) : []));
    if (!places.length) return UNKNOWN;
    return places.some((place) => isWithinAny(place, this.plan.zones)) ? INSIDE : KEPT;
  }

  // A place as it is, and as it will be written.
  #shapes = (place) => (this.plan.mode === "round" ? [place, snapped(place, this.plan.step)] : [place]);

  // A row without a position is as near to a zone as the positions before and after it.
  #wait(row, found) {
    this.#waiting.push({ row: row.copy(), found });
    this.#waitingBytes += row.next - row.start;
    if (this.#waitingBytes > MOST_WAITING_BYTES) this.#settle(true);
  }

  #settle(isInside) {
    for (const { row, found } of this.#waiting) this.#write(row, found, isInside);
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  #write(row, found, isInside) {
    if (isInside && this.plan.inside === "rows") {
      this.facts.cut += 1;
      return undefined;
    }
    if (isInside) this.facts.cleared += 1;
    return this.#out.rewrite(row, this.#changes(row, found, isInside));
  }

  // What is written in place of which columns: [[place, text], ...] in their order.
  #changes(row, found, isInside) {
    if (isInside || this.plan.mode === "drop") return this.everywhere;
    const emptied = this.always.map((at) => [at, ""]);
    if (this.plan.mode === "keep") return emptied.sort(byPlace);
    const rounded = found.flatMap(({ columns, place }) => this.#rounded(row, columns, place));
    return [...emptied, ...rounded].sort(byPlace);
  }

  #rounded(row, columns, place) {
    if (!place) return place === null ? [] : columns.map((at) => [at, ""]);
    const texts = snapped(place, this.plan.step).map((degrees) => shown(degrees, this.plan.decimals));
    if (columns.length === 1) return [[columns[0], inPlace(row, columns[0], (text) => text.replace(NUMBERS, () => texts.shift() ?? ""))]];
    return columns.map((at, index) => [at, inPlace(row, at, (text) => (text.includes(",") ? texts[index].replace(".", ",") : texts[index]))]);
  }
}

const byPlace = ([one], [other]) => one - other;

const shown = (degrees, decimals) => (Math.abs(degrees) < 1e-9 ? 0 : degrees).toFixed(decimals);

function inPlace(row, place, change) {
  const text = change(row.field(place));
  return row.bytes[row.starts[place]] === 0x22 ? `"${text}"` : text;
}

// Bytes that grow at the end, and are taken away whole.
class Out {
  #bytes = new Uint8Array(1 << 17);
  #size = 0;

  copy(bytes, from, to) {
    this.#room(to - from);
    if (to - from > SHORT_BYTES) this.#bytes.set(bytes.subarray(from, to), this.#size);
    else for (let at = from; at < to; at += 1) this.#bytes[this.#size + at - from] = bytes[at];
    this.#size += to - from;
  }

  rewrite(row, changes) {
    let from = row.start;
    for (const [place, text] of changes) {
      this.copy(row.bytes, from, row.starts[place]);
      if (text) this.#write(encoder.encode(text));
      from = row.ends[place];
    }
    this.copy(row.bytes, from, row.next);
  }

  #write(bytes) {
    this.copy(bytes, 0, bytes.length);
  }

  take() {
    const taken = this.#bytes.slice(0, this.#size);
    this.#size = 0;
    return taken;
  }

  #room(more) {
    if (this.#size + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#size + more));
    larger.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = larger;
  }
}

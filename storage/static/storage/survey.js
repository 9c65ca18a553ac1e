// Reads a table once to say what is in it, and where its trips begin and end. Nothing of it is sent.

import { metresBetween } from "./geometry.js";
import { all, placeOf, placeOfBoth, placesIn, wordsOf } from "./columns.js";
import { Reader, fits } from "./rows.js";

const MOST_POINTS = 20_000; // then every second one is kept
const MOST_ENDS = 4_000;
const PAUSE_S = 600; // what parts trips, as in the builder
const LEAP_M = 2_000;
const TRIED_ROWS = 50;
const DAY = /(\d{4})[-/](\d{2})[-/](\d{2})|(\d{1,2})[./](\d{1,2})[./](\d{4})/;

// Feed it with push(bytes) and finish(); then `found` says
// {columns, rows, days, first, last, placeColumns, track: [[latitude, longitude, rows, trip]], ends}.
export class Survey {
  #days = new Set();
  #dayColumn = -1;
  #stride = 1;
  #fixes = 0;
  #last = null;
  #trip = 0;
  rows = 0;
  track = [];
  ends = [];

  reader = new Reader({ begin: (names) => this.#begin(names), each: (row) => this.#each(row) });

  push(piece) {
    this.reader.push(piece);
  }

  finish() {
    this.reader.push(new Uint8Array(), true);
    if (this.#last) this.#end(this.#last.place);
    return this.found();
  }

  found() {
    const names = this.reader.names ?? [];
    const sorted = [...this.#days].sort();
    return {
      columns: names.map((name) => name.trim()).filter(Boolean),
      rows: this.rows,
      days: sorted.length,
      first: sorted[0],
      last: sorted.at(-1),
      placeColumns: this.places ? all(this.places).map((at) => names[at].trim()) : [],
      track: this.track,
      ends: this.ends,
    };
  }

  #begin(names) {
    this.places = placesIn(names);
    const plain = names.map((name) => wordsOf(name).join(" "));
    this.tripColumn = plain.findIndex((name) => /^(trip|trip id|trip number|session)$/.test(name));
    this.clockColumn = plain.findIndex((name) => /^(timestamp|time|seconds|date time|datetime|gps time|device time)$/.test(name));
    this.perSecond = /\bms\b/i.test(names[this.clockColumn] ?? "") ? 1000 : 1;
    this.hasPlaces = this.places.pairs.length + this.places.both.length > 0;
  }

  #each(row) {
    if (row.count === 1 && !row.field(0).trim()) return;
    this.rows += 1;
    this.#seeDay(row);
    if (this.hasPlaces && fits(row, this.reader.names)) this.#seePlace(row);
  }

  #seeDay(row) {
    if (this.#dayColumn === -1 && this.rows <= TRIED_ROWS) {
      this.#dayColumn = row.fields().slice(0, 200).findIndex((field) => DAY.test(field));
    }
    if (this.#dayColumn < 0 || this.#dayColumn >= row.count) return;
    const day = dayOf(row.field(this.#dayColumn));
    if (day) this.#days.add(day);
  }

  #seePlace(row) {
    const { pairs, both } = this.places;
    const place = pairs.length ? placeOf(...pairs[0].map((at) => row.field(at))) : placeOfBoth(row.field(both[0]));
    if (!place) return;
    const seen = { place, clock: this.#clockOf(row), trip: this.tripColumn < 0 ? "" : row.field(this.tripColumn) };
    if (!this.#last || parts(this.#last, seen)) {
      if (this.#last) this.#end(this.#last.place);
      this.#trip += 1;
      this.#end(place);
      this.track.push([...place, this.#stride, this.#trip]);
    } else if (this.#fixes % this.#stride === 0) {
      this.track.push([...place, this.#stride, this.#trip]);
    }
    this.#last = seen;
    this.#fixes += 1;
    if (this.track.length >= MOST_POINTS) this.#thin();
  }

  #end(place) {
    if (this.ends.length < MOST_ENDS) this.ends.push(place);
  }

  #thin() {
    this.track = this.track.filter((_, index) => index % 2 === 0);
    for (const point of this.track) point[2] *= 2;
    this.#stride *= 2;
  }

  // Seconds on any clock, or null.
  #clockOf(row) {
    if (this.clockColumn < 0) return null;
    const text = row.field(this.clockColumn).trim();
    const number = Number(text.replace(",", "."));
    if (text && Number.isFinite(number)) return number / (number > 1e11 ? 1000 : this.perSecond);
    const clock = /(\d{1,2}):(\d{2}):(\d{2})/.exec(text);
    const day = Date.parse(dayOf(text) ?? "") || 0;
    return clock ? day / 1000 + 3600 * clock[1] + 60 * clock[2] + Number(clock[3]) : null;
  }
}

// Another trip number, a long pause, a clock that starts anew, or a leap over the ground.
function parts(before, now) {
  if (before.trip !== now.trip) return true;
  const passed = now.clock === null || before.clock === null ? 0 : now.clock - before.clock;
  return passed > PAUSE_S || passed < -PAUSE_S || metresBetween(before.place, now.place) > LEAP_M;
}

export function dayOf(text) {
  const found = DAY.exec(text);
  if (!found) return null;
  const [, year, month, day, first, second, late] = found;
  if (year) return `${year}-${month}-${day}`;
  // Day first, unless the second number cannot be a month.
  const [at, of] = Number(second) > 12 ? [second, first] : [first, second];
  return `${late}-${of.padStart(2, "0")}-${at.padStart(2, "0")}`;
}

// About how many rows lie in the zones: each kept point stands for as many rows as it says.
export const rowsWithin = (track, isIn) =>
  track.reduce((sum, [latitude, longitude, rows]) => sum + (isIn([latitude, longitude]) ? rows : 0), 0);

// Cut tables as the page does. Argument: the directory of modules. Prints [{name, problem}], one a
// check. With two more arguments, a plan and a table in a file: prints the table, cut.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const [statics, plan, table] = process.argv.slice(2);
const load = (name) => import(join(statics, "storage", name));
const { Cutter, GRIDS } = await load("cutting.js");
const geometry = await load("geometry.js");
const columns = await load("columns.js");
const { frequentPlaces } = await load("clustering.js");
const { Survey, rowsWithin } = await load("survey.js");
const reading = await load("reading.js");

const HOME = [52.52, 13.405];
const zones = [geometry.zoneAround(HOME, 500)];
const keep = { mode: "keep", zones: [], inside: "rows" };
const drop = { ...keep, mode: "drop" };
const [fine, coarse] = [100, 1000].map((size) => ({ ...keep, mode: "round", ...GRIDS[size] }));
const bytes = (text) => new TextEncoder().encode(text);
const latin = (text) => Uint8Array.from(text, (sign) => sign.charCodeAt(0));

// Cut in pieces of this many bytes; latin1 out, so that every byte can be compared.
function cutBytes(whole, given, piece = 7) {
  const cutter = new Cutter(given);
  const parts = [];
  for (let at = 0; at < whole.length; at += piece) parts.push(cutter.push(whole.slice(at, at + piece)));
  parts.push(cutter.end());
  return { bytes: new Uint8Array(Buffer.concat(parts)), facts: cutter.facts };
}
const cut = (text, given, piece) => Buffer.from(cutBytes(bytes(text), given, piece).bytes).toString();

if (table) {
  const { bytes: made } = cutBytes(new Uint8Array(readFileSync(table)), JSON.parse(plan), 65536);
  process.stdout.write(made, () => process.exit(0));
  await new Promise(() => {});
}

const checks = [];
async function check(name, act) {
  try {
    await act();
    checks.push({ name, problem: "" });
  } catch (error) {
    checks.push({ name, problem: error.stack });
  }
}
function same(found, expected) {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
  if (one !== other) throw new Error(`${one} is not ${other}`);
}
const holds = (fact, words) => {
  if (!fact) throw new Error(words);
};
let state = 20_261_122;
const random = () => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
  return state / 0x7fffffff;
};

// --- geometry and names -------------------------------------------------------------------------

await check("a degree of latitude is 111 km", () =>
  holds(Math.abs(geometry.metresBetween([0, 0], [1, 0]) - 111_195) < 10, "111 km"),
);
await check("distances meet over the date line and at the poles", () => {
  holds(geometry.metresBetween([0, 179.999], [0, -179.999]) < 250, "date line");
  holds(geometry.metresBetween([89.999, 0], [89.999, 180]) < 250, "pole");
});
await check("a place lies well within its own zone, wherever it is", () => {
  for (let n = 0; n < 2000; n += 1) {
    const place = [170 * random() - 85, 360 * random() - 180];
    for (const radius of [100, 500, 3000]) {
      const zone = geometry.zoneAround(place, radius);
      holds(geometry.metresBetween(place, zone.middle) < 0.75 * radius, `${place} ${radius}`);
    }
  }
});
await check("near places make the same zone, and its middle is not the place", () => {
  const [one, other] = [HOME, [HOME[0] + 0.0001, HOME[1]]].map((place) => geometry.zoneAround(place, 500));
  same(one, other);
});
await check("snapping twice is snapping once, and a cell is as wide as it is high", () => {
  for (let n = 0; n < 2000; n += 1) {
    const place = [178 * random() - 89, 360 * random() - 180];
    for (const { step, decimals } of Object.values(GRIDS)) {
      const once = geometry.snapped(place, step).map((degrees) => Number(degrees.toFixed(decimals)));
      same(geometry.snapped(once, step).map((degrees) => degrees.toFixed(decimals)), once.map((degrees) => degrees.toFixed(decimals)));
    }
  }
  const [, east] = geometry.snapped([60.0004, 10.0009], 0.001);
  holds(Math.abs(east - 10) < 1e-9 || Math.abs(east - 10.002) < 1e-9, `two steps wide at 60 degrees: ${east}`);
});
const NAMED = {
  latitude: ["Latitude[deg]", "LAT", "LATITUDE", "Latitude (deg)", "Vehicle.CurrentLocation.Latitude", "gps_lat", "GPS Latitude", "startLatitude", "纬度"],
  longitude: ["Longitude[deg]", "LON", "LONGTITUDE", "lng", "Long", "gps long", "Vehicle.CurrentLocation.Longitude", "经度"],
  both: ["LatLng", "coordinates", "经纬度"],
  also: ["Altitude", "ALT", "GPS Altitude (m)", "Heading", "Vehicle.CurrentLocation.Heading", "geohash"],
};
const NO_PLACES = [
  ...["Long Term Fuel Trim Bank 1 (%)", "Lateral acceleration", "Acceleration lat", "Accelerator pedal position"],
  ...["Throttle Position(%)", "Site", "GpsSpeed", "Latency", "Start", "platform", "along", "Location", "Zone"],
];
for (const [kind, names] of Object.entries(NAMED)) {
  for (const name of names) await check(`${name} is ${kind}`, () => same(columns.placeIn(name), kind));
}
for (const name of NO_PLACES) await check(`${name} is no place`, () => same(columns.placeIn(name), null));
await check("two pairs are told apart", () => {
  const names = ["start_lat", "end_lat", "id", "end_lon", "start_lon"];
  same(columns.placesIn(names).pairs, [[0, 4], [1, 3]]);
});

// --- cutting: what must hold of any table -------------------------------------------------------

const number = (value, comma) => (comma ? value.toFixed(6).replace(".", ",") : value.toFixed(6));
function made({ separator = ",", end = "\n", comma = false, isQuoted = false, gaps = 0.3 } = {}) {
  const cell = (text) => (isQuoted || (comma && separator === ",") ? `"${text}"` : text);
  const rows = [];
  let place = [HOME[0] + 0.002 * random(), HOME[1] + 0.002 * random()];
  for (let n = 0; n < 300; n += 1) {
    place = [place[0] + 0.002 * (random() - 0.5), place[1] + 0.003 * (random() - 0.5)];
    const [latitude, longitude] = random() < gaps ? ["", ""] : place.map((degrees) => cell(number(degrees, comma)));
    const note = n % 50 === 0 ? '"a ""note"", with signs"'.replace(",", separator) : "";
    rows.push([n, latitude, (50 * random()).toFixed(1), longitude, note].join(separator));
  }
  return [["n", "Latitude", "Speed", "Longitude", "Note"].join(separator), ...rows].join(end) + end;
}
const parted = (line, separator) => {
  const found = [];
  let [field, quoted] = ["", false];
  for (const sign of line) {
    if (sign === '"') quoted = !quoted;
    else if (sign === separator && !quoted) [field] = [found.push(field) && ""];
    else field += sign;
  }
  return [...found, field];
};
function remaining(text, separator, end) {
  const rows = text.split(end).slice(1).filter(Boolean).map((line) => parted(line, separator));
  return rows.map((fields) => ({ fields, place: fields[1] ? [fields[1], fields[3]].map((part) => Number(part.replace(",", "."))) : null }));
}
const SHAPES = [
  {}, { separator: ";", comma: true }, { separator: "\t", end: "\r\n" }, { separator: "|", isQuoted: true },
  { comma: true, isQuoted: true }, { end: "\r" }, { gaps: 0 }, { gaps: 0.9 },
];
const PLANS = {
  "keep, rows": { ...keep, zones }, "keep, positions": { ...keep, zones, inside: "positions" },
  "round, rows": { ...fine, zones }, "round to a km, positions": { ...coarse, zones, inside: "positions" },
  drop, "drop, rows": { ...drop, zones }, round: fine,
};
for (const shape of SHAPES) {
  for (const [name, given] of Object.entries(PLANS)) {
    await check(`${name} of ${JSON.stringify(shape)}`, () => {
      const { separator = ",", end = "\n" } = shape;
      const before = made(shape);
      const after = cut(before, given);
      for (const piece of [1, 64, 100_000]) same(cut(before, given, piece), after);
      same(cut(after, given), after);
      const rows = remaining(after, separator, end);
      const places = rows.flatMap(({ place }) => (place ? [place] : []));
      if (given.zones.length) holds(!places.some((place) => geometry.isWithinAny(place, given.zones)), "a place within a zone");
      if (given.mode === "drop") same(places, []);
      // what is left is as it was, but for the positions
      const old = new Map(remaining(before, separator, end).map(({ fields }) => [fields[0], fields]));
      for (const { fields } of rows) {
        const was = old.get(fields[0]);
        same([fields[0], fields[2], fields[4]], [was[0], was[2], was[4]]);
        if (given.mode === "keep" && fields[1]) same(fields, was);
      }
      if (given.inside === "positions" || !given.zones.length) same(rows.length, 300);
      if (given.mode === "keep" && given.inside === "rows") {
        const lines = new Set(before.split(end));
        holds(after.split(end).every((line) => lines.has(line)), "a line that was not there");
        holds(rows.length < 300 && rows.length > 0, `${rows.length} rows`);
      }
    });
  }
}
await check("rows without a position fall with their neighbours", () => {
  const text = "t,lat,lon\n1,,\n2,52.52,13.405\n3,,\n4,53,14\n5,,\n6,53,14\n7,,\n";
  same(cut(text, { ...keep, zones }), "t,lat,lon\n4,53,14\n5,,\n6,53,14\n7,,\n");
  const home = "t,lat,lon\n1,53,14\n2,,\n3,52.52,13.405\n4,,\n";
  same(cut(home, { ...keep, zones }), "t,lat,lon\n1,53,14\n");
});
await check("bytes that are no UTF-8 stay as they are", () => {
  const whole = latin("t,lat,lon,note\n1,53,14,\xfcber\xff\x80\n2,52.52,13.405,\xe4\n");
  same(Buffer.from(cutBytes(whole, { ...keep, zones }).bytes).toString("latin1"), "t,lat,lon,note\n1,53,14,\xfcber\xff\x80\n");
});
await check("a mark, remarks and empty lines before the header", () => {
  same(cut("\ufeff# SIMULATED\n#x,y\n\nlat;lon;v\n52,1;13,2;1\n", drop), "\ufeff# SIMULATED\n#x,y\n\nlat;lon;v\n;;1\n");
});
await check("the last row needs no line end", () => same(cut("lat,lon,v\n1.5,2.5,x", drop), "lat,lon,v\n,,x"));
await check("long tables: a reading that is itself a position goes", () => {
  const text = 'SECONDS;PID;VALUE;UNITS;LATITUDE;LONGTITUDE;\n"1";"GPS Latitude";"52,52";"";"";"";\n"1";"Speed";"5";"km/h";"52,52";"13,4";\n';
  same(cut(text, drop), 'SECONDS;PID;VALUE;UNITS;LATITUDE;LONGTITUDE;\n"1";"Speed";"5";"km/h";;;\n');
});
await check("a lone latitude goes with the rest", () => same(cut("t,lat\n1,52.5\n", { ...keep, zones }), "t,lat\n1,\n"));
await check("nothing planned, nothing changed", () => {
  const text = made({});
  same(cut(text, keep), text);
});

// --- hostile tables -----------------------------------------------------------------------------

const inHome = "52.52,13.405";
const HOSTILE = {
  "a row of another width": `t,lat,lon\n1,${inHome},x\n1,x,${inHome}\n`,
  "a lone quote that swallows rows": `t,note,lat,lon\n1,"abc\n2,x,${inHome}\n3,y",53,14\n`,
  "a quote without end": `t,note,lat,lon\n1,"abc,${inHome}\n2,x,${inHome}\n`,
  "positions that cannot be read": 't,lat,lon\n1,52°31\'12"N,13°24\'18"E\n2,525200000,134050000\n3,52.52.0,13.405\n',
  "blanks and plus signs": "t,lat,lon\n1, +52.52 , 13.405\n",
  "numbers with exponents": "t,lat,lon\n1,5.252e1,1.3405E+1\n",
  "positions in quotes": 't,lat,lon\n1,"52.52","13.405"\n2,"52,52","13,405"\n',
  "both in one cell": `t,LatLng\n1,"${inHome}"\n2,"(52.52, 13.405)"\n3,"POINT(13.405 52.52)"\n`,
  "a second pair": `lat,lon,end_lat,end_lon\n53,14,${inHome}\n`,
  "line ends of all kinds": `t,lat,lon\r1,${inHome}\r\n2,${inHome}\n`,
};
for (const [name, text] of Object.entries(HOSTILE)) {
  for (const given of [{ ...keep, zones }, { ...fine, zones }]) {
    await check(`${given.mode}: ${name}`, () => {
      const left = cut(text, given).split(/[\r\n]+/).slice(1).filter(Boolean);
      same(left, []);
    });
  }
}
for (const [name, text] of [
  ["a row without end", `t,lat,lon\n${"x".repeat(2 ** 20 + 9)}`],
  ["a quote that never ends", `t,lat,lon\n1,"${"x\n".repeat(2 ** 20)}`],
]) {
  await check(`refuses ${name}`, () => {
    let code = "";
    try {
      cut(text, drop, 65_536);
    } catch (error) {
      ({ code } = error);
    }
    same(code, "row_too_long");
  });
}
await check("any bytes at all end without a position in the open", () => {
  const signs = [..."\",;\n\r| \t.5#", "52.52", "13.405", ",52.52,13.405,", "lat", "\ufeff"];
  for (let n = 0; n < 3000; n += 1) {
    const body = Array.from({ length: 40 }, () => signs[Math.floor(random() * signs.length)]).join("");
    const text = `t,lat,lon,x\n${body}`;
    const given = [drop, { ...keep, zones }, { ...fine, zones }][n % 3];
    const after = cut(text, given, 1 + (n % 9));
    same(cut(after, given), after);
    const open = after.split(/[\r\n]+/).slice(1).map((line) => line.split(","));
    holds(!open.some((fields) => fields.length === 4 && fields[1] === "52.52" && fields[2] === "13.405"), JSON.stringify([text, after]));
  }
});

// --- the survey and what it suggests ------------------------------------------------------------

function surveyed(text, piece = 1000) {
  const survey = new Survey();
  const whole = bytes(text);
  for (let at = 0; at < whole.length; at += piece) survey.push(whole.slice(at, at + piece));
  return survey.finish();
}
const trip = (n, from, to) =>
  Array.from({ length: 60 }, (_, at) => {
    const [latitude, longitude] = [0, 1].map((index) => from[index] + ((to[index] - from[index]) * at) / 59);
    return `2018-07-0${1 + (n % 9)} ${10 + Math.floor(n / 9)}:${String(at).padStart(2, "0")}:00,${latitude.toFixed(6)},${longitude.toFixed(6)},50`;
  }).join("\n");
const WORK = [52.5, 13.3];
const trips = Array.from({ length: 12 }, (_, n) => (n % 2 ? trip(n, WORK, HOME) : trip(n, HOME, WORK)));
await check("a survey finds trips, and homes are where they begin or end often", () => {
  const found = surveyed(["Timestamp,Latitude,Longitude,Speed", ...trips].join("\n"));
  same([found.rows, found.placeColumns, found.ends.length, found.days], [720, ["Latitude", "Longitude"], 24, 9]);
  const suggested = frequentPlaces(found.ends);
  same(suggested.length, 2);
  for (const place of [HOME, WORK]) holds(suggested.some((one) => geometry.metresBetween(one.place, place) < 200), `${place}`);
  const within = rowsWithin(found.track, (place) => geometry.isWithinAny(place, zones));
  const { facts } = cutBytes(bytes(["Timestamp,Latitude,Longitude,Speed", ...trips].join("\n")), { ...keep, zones }, 999);
  same(within, facts.cut);
});
await check("a place of one trip among many is no home", () => {
  const far = trip(12, [53.9, 9.9], [53.8, 9.8]);
  same(frequentPlaces(surveyed(["Timestamp,Latitude,Longitude,Speed", ...trips, far].join("\n")).ends).length, 2);
});
await check("of few trips every end may be home", () => {
  same(frequentPlaces(surveyed(["Timestamp,Latitude,Longitude,Speed", trips[0]].join("\n")).ends).length, 2);
});
await check("a survey of a hundred thousand rows stays small", () => {
  const rows = Array.from({ length: 100_000 }, (_, n) => `${n},${50 + n / 1e5},13.4`);
  const found = surveyed(`SECONDS,lat,lon\n${rows.join("\n")}`, 65_536);
  holds(found.track.length <= 20_000, "points");
  holds(Math.abs(rowsWithin(found.track, () => true) - 100_000) < 100, "weights");
});
const KINDS = [
  ["table", bytes("a,b\n1,2\n")], ["parquet", bytes("PAR1xx")], ["zip", bytes("PK\x03\x04")], ["json", bytes('{"a": 1}')],
  ["frames", bytes(`232302fe${"4c".repeat(40)}`)], ["binary", Uint8Array.of(0x23, 0x23, 2, 0xfe, 0, 7)],
  ["table", Buffer.from("\ufefflat,lon\n1,2\n", "utf16le")], ["table", latin("Heizung \xfc,b\n")],
];
for (const [kind, content] of KINDS) {
  await check(`a file of kind ${kind}`, async () => same((await reading.kindOf(new Blob([content]))).kind, kind));
}
await check("packed and two-byte tables are cut too", async () => {
  const text = "lat,lon,v\n52.5,13.4,1\n";
  const pack = (blob, way) => new Response(blob.stream().pipeThrough(way)).blob();
  const packed = await pack(new Blob([text]), new CompressionStream("gzip"));
  const wide = new Blob([Buffer.from(`\ufeff${text}`, "utf16le")]);
  for (const [file, unpack] of [[packed, true], [wide, false]]) {
    const format = await reading.kindOf(file);
    same(format.kind, "table");
    const out = await new Response(reading.cutText(file, format, new Cutter(drop))).blob();
    const opened = unpack ? await pack(out, new DecompressionStream("gzip")) : out;
    same((await opened.text()).replace("\ufeff", ""), "lat,lon,v\n,,1\n");
  }
});

process.stdout.write(JSON.stringify(checks));

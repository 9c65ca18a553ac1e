// Which columns of a table tell a place, told by their names (as anonymize/formats reads names).

const LATITUDE = new Set(["lat", "latitude", "latitud", "latitute", "breitengrad", "纬度", "緯度"]);
const LONGITUDE = new Set([
  ...["lon", "lng", "longitude", "longitud", "longtitude", "longitute", "längengrad"],
  ...["经度", "經度"],
]);
const BOTH = new Set(["latlon", "latlng", "latlong", "经纬度", "coordinates", "coordinate", "geopoint"]);
const ALSO = new Set([
  ...["altitude", "alt", "elevation", "heading", "bearing", "geohash", "currentlocation"],
  ...["gpsposition", "gpslocation", "plus code", "海拔"],
]);
const NO_PLACE = new Set(["acc", "accel", "acceleration", "accelerometer", "gforce", "force", "trim", "term"]);
const ENOUGH_NAMES = new Set(["gps", "deg", "degrees", "wgs84", "gcj02"]);
const BRACKETS = /\s*[([][^()[\]]*[)\]]\s*$/;

// The words of a name, without its unit: "GPS_Lat [deg]" is gps, lat; names in camel case part too.
export const wordsOf = (name) =>
  name
    .replace(/^\ufeff/, "")
    .replace(BRACKETS, "")
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

// Returns "latitude", "longitude", "both", "also" (altitude and the like) or null.
export function placeIn(name) {
  const words = wordsOf(name);
  if (words.some((word) => NO_PLACE.has(word))) return null;
  const whole = words.join("");
  if (BOTH.has(whole) || words.some((word) => BOTH.has(word))) return "both";
  if (words.some((word) => LATITUDE.has(word))) {
    return words.some((word) => LONGITUDE.has(word)) ? "both" : "latitude";
  }
  if (words.some((word) => LONGITUDE.has(word)) || isLong(words)) return "longitude";
  return ALSO.has(whole) || words.some((word) => ALSO.has(word)) ? "also" : null;
}

// "long" is a position only where nothing else is said: OBD has long-term trims.
const isLong = (words) => words.includes("long") && words.every((word) => word === "long" || ENOUGH_NAMES.has(word));

// Returns {pairs: [[place of latitude, place of longitude]], both: [...], also: [...], lone: [...]};
// lone: a latitude or longitude without its twin, which cannot be put on the ground.
export function placesIn(names) {
  const kinds = names.map(placeIn);
  const at = (kind) => kinds.flatMap((found, index) => (found === kind ? [index] : []));
  const longitudes = at("longitude");
  const pairs = [];
  const lone = [];
  for (const latitude of at("latitude")) {
    const twin = longitudes.findIndex((index) => rest(names[index]) === rest(names[latitude]));
    const only = twin < 0 && at("latitude").length === 1 && longitudes.length === 1 ? 0 : twin;
    if (only < 0) lone.push(latitude);
    else pairs.push([latitude, longitudes.splice(only, 1)[0]]);
  }
  return { pairs, both: at("both"), also: at("also"), lone: [...lone, ...longitudes] };
}

export const all = ({ pairs, both, also, lone }) => [...pairs.flat(), ...both, ...also, ...lone].sort((a, b) => a - b);

const rest = (name) =>
  wordsOf(name)
    .filter((word) => !LATITUDE.has(word) && !LONGITUDE.has(word) && word !== "long")
    .join(" ");

// Long tables have a row per reading; its name stands in a column of its own.
export function readingNamesIn(names) {
  const plain = names.map((name) => wordsOf(name).join(" "));
  return plain.includes("value") ? plain.indexOf("pid") : -1;
}

const PAIR = /^\s*[([]?\s*([-+]?\d+(?:\.\d+)?)\s*[,;/ ]\s*([-+]?\d+(?:\.\d+)?)\s*[)\]]?\s*$/;
const NUMBER = /^[-+]?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?$/;
const NOTHING = /^(|nan|null|none|na|n\/a|-|--|\?)$/i;

// Returns a place, null where there is none, or undefined where it cannot be read.
export function placeOf(latitude, longitude) {
  const texts = [latitude.trim(), longitude.trim()];
  if (texts.every((text) => NOTHING.test(text))) return null;
  const place = texts.map((text) => (NUMBER.test(text) ? Number(text.replace(",", ".")) : Number.NaN));
  return checked(place);
}

export function placeOfBoth(text) {
  if (NOTHING.test(text.trim())) return null;
  const found = PAIR.exec(text);
  return found ? checked([Number(found[1]), Number(found[2])]) : undefined;
}

function checked([latitude, longitude]) {
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) return undefined;
  return latitude === 0 && longitude === 0 ? null : [latitude, longitude]; // what receivers say without a fix
}

// Draws tracks and zones without a map: no tile is asked for, so nobody learns where they lie.

import { flat, isWithinAny } from "./geometry.js";

const NS = "http://www.w3.org/2000/svg";
const MARGIN = 28;
const SHAPE = 5 / 8; // height to width
const MOST_DRAWN = 4000;
const LEAST_RADIUS = 9; // a zone that would be too small to see is drawn this large

// tracks: [[latitude, longitude, rows, trip], ...] of each file; ends: places; zones: what is cut.
// Returns toPlace(event): the place under a click.
export function draw(svg, { tracks, ends, zones }) {
  const points = tracks.flat();
  const wide = svg.clientWidth || 640; // lines and letters are as large on a phone as on a desk
  const view = fitted(points, zones, [wide, SHAPE * wide]);
  const cuts = zones.map(({ zone }) => zone);
  svg.setAttribute("viewBox", `0 0 ${wide} ${SHAPE * wide}`);
  svg.replaceChildren(
    pattern(),
    ...tracks.flatMap((track) => paths(thinned(track), view, cuts)),
    ...ends.slice(0, 200).map((end) => made("circle", { class: "end", r: 3.5, ...at(view.toView(end)) })),
    ...zones.flatMap((zone, index) => drawn(zone, index, view)),
    ...scale(view),
  );
  return (event) => view.toPlace(underneath(svg, event));
}

// As much ground as all points and zones need, with north above.
function fitted(points, zones, [width, height]) {
  const origin = middleOf(points);
  const { toMetres, toPlace } = flat(origin);
  const rims = zones.flatMap(({ zone: { middle, radius_m } }) => {
    const [x, y] = toMetres(middle);
    return [[x - radius_m, y - radius_m], [x + radius_m, y + radius_m]];
  });
  const all = [...points.map(toMetres), ...rims];
  const [left, top, right, bottom] = edges(all);
  const [wide, high] = [Math.max(right - left, 400), Math.max(bottom - top, 400)];
  const perMetre = Math.min((width - 2 * MARGIN) / wide, (height - 2 * MARGIN) / high);
  const [x0, y0] = [(left + right) / 2, (top + bottom) / 2];
  return {
    perMetre,
    height,
    toView(place) {
      const [x, y] = toMetres(place);
      return [width / 2 + (x - x0) * perMetre, height / 2 + (y - y0) * perMetre];
    },
    toPlace: ([x, y]) => toPlace([(x - width / 2) / perMetre + x0, (y - height / 2) / perMetre + y0]),
  };
}

function middleOf(points) {
  const [south, west, north, east] = edges(points);
  return [(south + north) / 2, (west + east) / 2];
}

function edges(points) {
  const found = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [one, other] of points) {
    found[0] = Math.min(found[0], one);
    found[1] = Math.min(found[1], other);
    found[2] = Math.max(found[2], one);
    found[3] = Math.max(found[3], other);
  }
  return found[0] === Infinity ? [0, 0, 0, 0] : found;
}

function thinned(track) {
  const every = Math.ceil(track.length / MOST_DRAWN);
  return track.filter((_, index) => index % every === 0);
}

// One path of what stays and one of what is cut.
function paths(track, view, cuts) {
  const lines = { stays: "", gone: "" };
  let before = null;
  for (const point of track) {
    const kind = isWithinAny(point, cuts) ? "gone" : "stays";
    const [x, y] = view.toView(point).map((number) => number.toFixed(1));
    const isStart = !before || before.trip !== point[3] || before.kind !== kind;
    lines[kind] += `${isStart ? "M" : "L"}${x} ${y}`;
    before = { trip: point[3], kind };
  }
  return Object.entries(lines).filter(([, d]) => d).map(([kind, d]) => made("path", { class: `track ${kind}`, d }));
}

function drawn({ zone }, index, view) {
  const [x, y] = view.toView(zone.middle);
  const r = Math.max(LEAST_RADIUS, zone.radius_m * view.perMetre);
  const [badgeX, badgeY] = [x + 0.75 * r, y - 0.75 * r]; // at the rim: the ends of trips lie within
  const label = made("text", { class: "zone-name", x: badgeX.toFixed(1), y: (badgeY + 5).toFixed(1) });
  label.textContent = index + 1;
  return [
    made("circle", { class: "zone", r: r.toFixed(1), fill: "url(#hatched)", ...at([x, y]) }),
    made("circle", { class: "zone-badge", r: 11, ...at([badgeX, badgeY]) }),
    label,
  ];
}

function pattern() {
  const hatched = made("pattern", { id: "hatched", width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  hatched.append(made("path", { class: "hatch-line", d: "M0 0V7" }));
  const defs = made("defs", {});
  defs.append(hatched);
  return defs;
}

// A bar as long as a round number of metres.
function scale({ perMetre, height }) {
  const wanted = 120 / perMetre;
  const ten = 10 ** Math.floor(Math.log10(wanted));
  const metres = [5, 2, 1].map((times) => times * ten).find((one) => one <= wanted);
  const text = made("text", { class: "scale-name", x: MARGIN / 2, y: height - 14 });
  text.textContent = metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
  return [made("path", { class: "scale", d: `M${MARGIN / 2} ${height - 8}h${(metres * perMetre).toFixed(1)}` }), text];
}

function underneath(svg, { clientX, clientY }) {
  const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(svg.getScreenCTM().inverse());
  return [x, y];
}

const at = ([x, y]) => ({ cx: x.toFixed(1), cy: y.toFixed(1) });

function made(tag, attributes) {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

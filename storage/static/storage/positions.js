// The choice of what becomes of positions: left out, rounded, or kept; and the zones that are cut.

import { frequentPlaces, placesOf } from "./clustering.js";
import { GRIDS, cutsNothing } from "./cutting.js";
import { isWithinAny, zoneAround } from "./geometry.js";
import { draw } from "./sketch.js";
import { rowsWithin } from "./survey.js";
import { count, say } from "./wording.js";

const panel = document.querySelector('[data-panel="positions"]');
const part = (name) => panel?.querySelector(`[data-part="${name}"]`);
const svg = part("sketch");
let [files, places, changed] = [[], [], () => {}];
let zones = []; // [{place, times}] in the order of the list
let isOwnChoice = false; // the driver ticked or unticked the box
let toPlace = null;

// Shows what these files hold. files: [{name, survey}]; whenChanged() is called after each choice.
export function offer(chosen, whenChanged) {
  changed = whenChanged;
  const isNew = chosen.some((one) => !files.includes(one));
  files = chosen;
  const withPlaces = files.filter(hasPlaces);
  panel.hidden = !withPlaces.length && !files.some(isOpaque);
  part("choices").hidden = !withPlaces.length;
  const opaque = files.filter(isOpaque).map(({ name }) => name);
  part("opaque").hidden = !opaque.length;
  part("opaque-names").textContent = opaque.join(", ");
  if (!withPlaces.length) return;
  const ends = withPlaces.flatMap(({ survey }) => survey.ends);
  if (isNew) {
    zones = frequentPlaces(ends);
    places = placesOf(ends);
  }
  redraw();
}

export const isOpaque = ({ survey }) => survey.format.kind !== "table";
export const hasPlaces = ({ survey }) => !isOpaque({ survey }) && survey.placeColumns.length > 0;

// What is cut from this file: {format, plan}, or null when it is sealed to the byte.
export function cutOf(item) {
  if (!hasPlaces(item)) return null;
  const plan = planOf();
  if (!item.survey.track.length) plan.zones = [];
  return cutsNothing(plan) ? null : { format: item.survey.format, plan };
}

export function planOf() {
  const mode = panel.querySelector("[name=positions]:checked").value;
  const [kind, grid] = mode.split("-");
  const inside = panel.querySelector("[name=inside]:checked").value;
  return { mode: kind, ...GRIDS[grid], zones: cutsZones() ? circles().map(({ zone }) => zone) : [], inside };
}

// About how many rows of this file lie in the zones.
export const rowsCut = ({ survey }) => {
  const { zones: cut, inside } = planOf();
  return cut.length && inside === "rows" ? rowsWithin(survey.track, (place) => isWithinAny(place, cut)) : 0;
};

const cutsZones = () => panel.querySelector("[name=cuts_zones]").checked;
const radius = () => Number(panel.querySelector("[name=radius]").value);
const circles = () => zones.map((one) => ({ ...one, zone: zoneAround(one.place, radius()) }));

panel?.addEventListener("change", ({ target }) => {
  if (target.name === "cuts_zones") isOwnChoice = true;
  if (target.name === "positions" && !isOwnChoice) {
    panel.querySelector("[name=cuts_zones]").checked = target.value !== "drop"; // where positions stay, homes do not
  }
  redraw();
});
panel?.querySelector("[name=radius]").addEventListener("input", redraw);
svg?.addEventListener("click", (event) => {
  if (toPlace && cutsZones()) add({ place: toPlace(event), times: 0 });
});
part("add")?.addEventListener("click", () => {
  const index = panel.querySelector("[name=place]").value;
  if (index !== "") add(places[Number(index)]);
});

function add(zone) {
  if (zones.length >= 20) return;
  zones.push(zone);
  redraw();
}

function redraw() {
  const withPlaces = files.filter(hasPlaces);
  part("zones").hidden = !cutsZones();
  part("inside").hidden = panel.querySelector("[name=positions]:checked").value === "drop";
  part("radius").textContent = say(gettext("%(metres)s m"), { metres: count(radius()) });
  if (cutsZones()) {
    const tracks = withPlaces.map(({ survey }) => survey.track);
    toPlace = draw(svg, { tracks, ends: withPlaces.flatMap(({ survey }) => survey.ends), zones: circles() });
    list();
    offerPlaces();
    summarise(withPlaces);
  }
  changed();
}

function list() {
  part("list").replaceChildren(...zones.map(lineOf));
  part("none").hidden = zones.length > 0;
}

function lineOf(zone, index) {
  const line = document.createElement("li");
  const words = document.createElement("span");
  words.textContent = nameOf(zone, index);
  const remove = Object.assign(document.createElement("button"), { type: "button", className: "plain" });
  remove.textContent = gettext("Remove");
  remove.setAttribute("aria-label", say(gettext("Remove zone %(n)s"), { n: index + 1 }));
  remove.addEventListener("click", () => {
    zones.splice(index, 1);
    redraw();
    (part("list").querySelectorAll("button")[Math.min(index, zones.length - 1)] ?? part("add")).focus();
  });
  line.append(words, remove);
  return line;
}

function nameOf({ times }, index) {
  const n = index + 1;
  if (!times) return say(gettext("Zone %(n)s: set by you"), { n });
  return say(ngettext("Zone %(n)s: %(times)s trip begins or ends here", "Zone %(n)s: %(times)s trips begin or end here", times), { n, times: count(times) });
}

// The twin of a click on the sketch.
function offerPlaces() {
  const select = panel.querySelector("[name=place]");
  const left = places.map((place, index) => [place, index]).filter(([place]) => !isWithinAny(place.place, circles().map(({ zone }) => zone)));
  select.replaceChildren(
    ...left.map(([{ times }, index]) => {
      const text = say(ngettext("Place %(n)s: %(times)s start or end", "Place %(n)s: %(times)s starts and ends", times), { n: index + 1, times: count(times) });
      return Object.assign(document.createElement("option"), { value: index, textContent: text });
    }),
  );
  part("adding").hidden = !left.length;
}

function summarise(withPlaces) {
  const all = withPlaces.reduce((sum, { survey }) => sum + survey.rows, 0);
  const within = circles().map(({ zone }) => zone);
  const cut = withPlaces.reduce((sum, { survey }) => sum + rowsWithin(survey.track, (place) => isWithinAny(place, within)), 0);
  const text = say(gettext("About %(cut)s of %(all)s rows lie in these zones."), { cut: count(cut), all: count(all) });
  part("within").textContent = text;
  svg.setAttribute("aria-label", `${gettext("Sketch of the tracks, with the zones that are cut hatched")}. ${text}`);
}

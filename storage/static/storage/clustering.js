// Which places trips begin or end at often: these are suggested as home zones.

import { metresBetween } from "./geometry.js";

const TOGETHER_M = 200;
const MOST_ZONES = 5;
const MOST_ENDS = 3000; // more tell nothing new, and comparing all with all would take long
const FEW_ENDS = 8; // of four trips or fewer every end may be home
const OFTEN = 0.1;

// ends: [[latitude, longitude], ...], a start and an end of each trip.
// Returns [{place, times}], the most frequent first.
export function frequentPlaces(ends) {
  const least = ends.length <= FEW_ENDS ? 1 : Math.max(2, Math.ceil(OFTEN * thinned(ends).length));
  return placesOf(ends, { least, most: MOST_ZONES });
}

// Every place where a trip begins or ends, up to `most`.
export function placesOf(ends, { least = 1, most = 30 } = {}) {
  const left = thinned(ends);
  const found = [];
  while (left.length && found.length < most) {
    const near = largestGroup(left);
    if (near.length < least) break;
    found.push({ place: middleOf(near), times: near.length });
    for (const place of near) left.splice(left.indexOf(place), 1);
  }
  return found;
}

function thinned(ends) {
  const every = Math.ceil(ends.length / MOST_ENDS);
  return ends.filter((_, index) => index % every === 0);
}

// Only around one place of each cell of a grid: enough to find the fullest spot.
function largestGroup(places) {
  let best = [];
  const tried = new Set();
  for (const place of places) {
    const cell = place.map((degrees) => Math.round(degrees * 1000)).join();
    if (tried.has(cell)) continue;
    tried.add(cell);
    const near = places.filter((other) => metresBetween(place, other) <= TOGETHER_M);
    if (near.length > best.length) best = near;
  }
  return best;
}

function middleOf(places) {
  const mean = (index) => places.reduce((sum, place) => sum + place[index], 0) / places.length;
  return [mean(0), mean(1)];
}

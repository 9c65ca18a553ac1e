// Places on the ground, as [latitude, longitude] in degrees: distances, zones, a coarse grid.

const METRES_PER_DEGREE = 111_195; // of latitude, on a sphere of 6371 km
const RADIANS = Math.PI / 180;
const SHIFT = 0.6; // of a zone's radius: the pitch of the grid on which its middle lies

// Metres between two places; haversine, exact enough from a metre to the other side of the earth.
export function metresBetween([latitude, longitude], [otherLatitude, otherLongitude]) {
  const north = Math.sin(((otherLatitude - latitude) * RADIANS) / 2);
  const east = Math.sin(((otherLongitude - longitude) * RADIANS) / 2);
  const across = Math.cos(latitude * RADIANS) * Math.cos(otherLatitude * RADIANS);
  const root = Math.sqrt(Math.min(1, north * north + across * east * east));
  return (2 * Math.asin(root) * METRES_PER_DEGREE) / RADIANS;
}

// zone: {middle, radius_m}
export const isWithin = (place, zone) => metresBetween(place, zone.middle) <= zone.radius_m;

export const isWithinAny = (place, zones) => zones.some((zone) => isWithin(place, zone));

// A zone around a place, with its middle moved to a grid: where cut tracks end would otherwise lie
// on a circle whose middle is the front door. The place stays well inside, and the same place
// always gives the same zone, so many files tell no more than one.
export function zoneAround(place, radius_m) {
  return { middle: snapped(place, (SHIFT * radius_m) / METRES_PER_DEGREE), radius_m };
}

// The nearest point of a grid. step: degrees of latitude, at least so wide east to west as well.
// Snapping what is snapped changes nothing.
export function snapped([latitude, longitude], step) {
  const row = Math.round(latitude / step);
  const across = Math.max(Math.cos(Math.min(Math.abs(row * step), 89) * RADIANS), 0.02);
  const wide = step * Math.ceil(1 / across - 1e-9);
  return [Math.max(-90, Math.min(90, row * step)), Math.round(longitude / wide) * wide];
}

// How far apart places may be for a sketch: metres on a flat piece of ground around `origin`.
export const flat = (origin) => {
  const across = METRES_PER_DEGREE * Math.cos(origin[0] * RADIANS);
  return {
    toMetres: ([latitude, longitude]) => [
      (longitude - origin[1]) * across,
      (origin[0] - latitude) * METRES_PER_DEGREE,
    ],
    toPlace: ([x, y]) => [origin[0] - y / METRES_PER_DEGREE, origin[1] + x / across],
  };
};

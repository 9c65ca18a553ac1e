// What leaves this device and what stays, for the files that are ready.

import { hasPlaces, planOf, rowsCut } from "./positions.js";
import { count, say } from "./wording.js";

const table = document.querySelector("[data-panel=leaves]");
const put = (name, text) => {
  table.querySelector(`[data-leaves="${name}"]`).textContent = text;
};

export function summarise(ready) {
  if (!ready.length) return;
  const tables = ready.filter(({ survey }) => survey.format.kind === "table");
  const withPlaces = ready.filter(hasPlaces);
  const plan = planOf();
  const rows = tables.reduce((sum, { survey }) => sum + survey.rows, 0);
  const cut = withPlaces.reduce((sum, item) => sum + rowsCut(item), 0);
  const placeColumns = new Set(withPlaces.flatMap(({ survey }) => survey.placeColumns));
  const columns = new Set(tables.flatMap(({ survey }) => survey.columns));
  const dates = tables.flatMap(({ survey }) => (survey.days ? [survey.first, survey.last] : [])).sort();
  put("files", say(ngettext("%(n)s sealed file", "%(n)s sealed files", ready.length), { n: count(ready.length) }));
  const sent = columns.size - (plan.mode === "drop" ? placeColumns.size : 0);
  put("columns", columns.size ? say(ngettext("%(n)s column", "%(n)s columns", sent), { n: count(sent) }) : gettext("everything in the file"));
  const others = tables.length < ready.length ? [gettext("files that are no tables: as they are")] : [];
  const shown = cut ? say(gettext("about %(n)s"), { n: count(rows - cut) }) : count(rows);
  put("rows", [...(tables.length ? [shown] : []), ...others].join("; "));
  put("rows-stay", cut ? say(gettext("about %(n)s, near home"), { n: count(cut) }) : gettext("none"));
  put("span", dates.length ? `${dates[0]} – ${dates.at(-1)}` : gettext("no dates found"));
  put("positions", [...(tables.length ? [positions(plan, placeColumns)] : []), ...others].join("; "));
  put("positions-stay", placeColumns.size && plan.mode === "drop" ? [...placeColumns].join(", ") : rest(plan, placeColumns));
}

function positions({ mode, step }, columns) {
  if (!columns.size) return gettext("none found");
  if (mode === "drop") return gettext("none");
  if (mode === "keep") return gettext("as recorded");
  return step === 0.001 ? gettext("rounded to about 100 m") : gettext("rounded to about 1 km");
}

function rest({ mode, zones }, columns) {
  if (!columns.size) return "–";
  if (mode === "round") return gettext("the exact ones");
  return zones.length ? gettext("those near home") : gettext("none");
}

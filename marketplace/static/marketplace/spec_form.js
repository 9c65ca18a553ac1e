// The form and the text of a QuerySpec follow each other; what only the text says stays in it.

const form = document.getElementById("request");
const text = document.getElementById("spec");
export const start = JSON.parse(document.getElementById("start").textContent);

const { first, last, min_cohort, rho_micro } = form.elements;
const figures = [...form.querySelectorAll("[data-figure]")];
const keys = [...form.querySelectorAll("[data-key]")];
const ORDER = ["version", "title", "source", "windows", "group_by", "statistics", "l0", "l0_first"];
const valuesOf = (key) => form.querySelector(`[data-values="${key}"]`);

// Returns the QuerySpec that stands in the text; throws what problems.js can show.
export function read() {
  try {
    return JSON.parse(text.value);
  } catch {
    const detail = gettext("The question is not valid JSON.");
    throw Object.assign(new Error(detail), { fields: [{ pointer: "#/spec", detail }] });
  }
}

// Puts a QuerySpec into the text and, as far as there are fields for it, into the form.
export function write(spec) {
  text.value = printed(spec);
  fill(spec);
}

export function fill(spec) {
  if (Array.isArray(spec.windows)) [first.value, last.value] = [spec.windows[0] ?? "", spec.windows.at(-1) ?? ""];
  if (spec.min_cohort) min_cohort.value = spec.min_cohort;
  if (spec.rho_micro) rho_micro.value = spec.rho_micro;
  for (const box of figures) box.checked = named(spec.statistics, "name", box.dataset.figure) !== undefined;
  for (const box of keys) {
    const key = named(spec.group_by, "key", box.dataset.key);
    box.checked = key !== undefined;
    if (key) valuesOf(box.dataset.key).value = (key.domain ?? key.bins ?? []).join("\n");
  }
}

// Brings into the text what was changed at a field of the form.
export function take(field) {
  const change = CHANGES.find(([isAt]) => isAt(field))?.[1];
  if (change) text.value = printed(fitted({ ...read(), ...change(read()) }));
}

// As people read it: what is asked first, how it is bought last.
function printed(spec) {
  const first = Object.fromEntries(ORDER.filter((member) => member in spec).map((member) => [member, spec[member]]));
  return JSON.stringify({ ...first, ...spec }, null, 2);
}

// The field that a pointer into the spec is about; the text itself when there is none.
export function fieldOf(pointer, spec) {
  const [member, index] = pointer.split("/").slice(1);
  if (member === "statistics") return figures.find((box) => box.dataset.figure === spec.statistics?.[index]?.name) ?? text;
  if (member === "group_by") return keys.find((box) => box.dataset.key === spec.group_by?.[index ?? 0]?.key) ?? text;
  if (member === "windows") return first;
  return form.elements.namedItem(member ?? "") ?? text;
}

const CHANGES = [
  [(field) => field === first || field === last, () => ({ windows: months(first.value, last.value) })],
  [(field) => field === min_cohort, () => ({ min_cohort: Number(min_cohort.value) })],
  [(field) => field === rho_micro, () => ({ rho_micro: Number(rho_micro.value) })],
  [(field) => figures.includes(field), ({ statistics }) => ({ statistics: chosen(figures, "figure", statistics, start.statistics, "name") })],
  [
    (field) => keys.includes(field) || field.dataset.values !== undefined,
    ({ group_by }) => ({ group_by: chosen(keys, "key", group_by, start.group_by, "key").map(withValues) }),
  ],
];

// What is ticked, as it stands or as it was at the start, in its order; then what has no box.
function chosen(boxes, data, now, before, member) {
  const ticked = boxes
    .filter((box) => box.checked)
    .map((box) => named(now, member, box.dataset[data]) ?? named(before, member, box.dataset[data]));
  const names = boxes.map((box) => box.dataset[data]);
  return [...ticked, ...(now ?? []).filter((one) => !names.includes(one[member]))];
}

function withValues(key) {
  const lines = valuesOf(key.key)?.value.split("\n").map((line) => line.trim()).filter(Boolean);
  return lines ? { ...key, [key.bins ? "bins" : "domain"]: lines } : key;
}

// Rows for the first key alone need two keys.
function fitted(spec) {
  if (spec.group_by.length > 1) {
    const had = start.l0_first !== undefined && start.group_by.length > 1;
    return had ? { l0_first: start.l0_first, ...spec, statistics: spec.statistics.map(withLevel) } : spec;
  }
  const { l0_first: _, ...kept } = spec;
  return { ...kept, statistics: kept.statistics.map((one) => (one.level === "first" ? { ...one, level: "group" } : one)) };
}

function withLevel(one) {
  const before = named(start.statistics, "name", one.name);
  return before?.level === "first" ? { ...one, level: "first" } : one;
}

const named = (list, member, name) => (Array.isArray(list) ? list.find((one) => one[member] === name) : undefined);

function months(from, to) {
  const list = [];
  const [year, month] = from.split("-").map(Number);
  for (let index = 0; index < 12 && year; index += 1) {
    const at = new Date(Date.UTC(year, month - 1 + index, 1)).toISOString().slice(0, 7);
    if (at > to) break;
    list.push(at);
  }
  return list;
}

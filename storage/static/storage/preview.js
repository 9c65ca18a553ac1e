// Reads a file in the browser to show what is in it. Nothing of it is sent.

const DAY = /(\d{4})-(\d{2})-(\d{2})|(\d{1,2})[./](\d{1,2})[./](\d{4})/;

// Returns {columns, rows, days, first, last}; rows is null for files that are no table of text.
export async function preview(file) {
  if (!/\.(csv|tsv|txt)(\.gz)?$/i.test(file.name)) return { columns: [], rows: null, days: 0 };
  let header = null;
  let rows = 0;
  const days = new Set();
  for await (const line of lines(file)) {
    if (header === null) header = line;
    else if (line.trim()) {
      rows += 1;
      const day = dayOf(line);
      if (day) days.add(day);
    }
  }
  const sorted = [...days].sort();
  return { columns: columnsOf(header ?? ""), rows, days: days.size, first: sorted[0], last: sorted.at(-1) };
}

async function* lines(file) {
  const bytes = /\.gz$/i.test(file.name)
    ? file.stream().pipeThrough(new DecompressionStream("gzip"))
    : file.stream();
  const reader = bytes.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    const parts = (rest + step.value).split(/\r?\n/);
    rest = parts.pop();
    yield* parts;
  }
  if (rest) yield rest;
}

function columnsOf(header) {
  const separator = [";", "\t", ","].find((sign) => header.includes(sign)) ?? ",";
  return header.replace(/^\ufeff/, "").split(separator).map((name) => name.replace(/^"|"$/g, "").trim()).filter(Boolean);
}

function dayOf(line) {
  const found = DAY.exec(line);
  if (!found) return null;
  const [, year, month, day, first, second, late] = found;
  if (year) return `${year}-${month}-${day}`;
  // Day first, unless the second number cannot be a month.
  const [at, of] = Number(second) > 12 ? [second, first] : [first, second];
  return `${late}-${of.padStart(2, "0")}-${at.padStart(2, "0")}`;
}

// The archive of an export, entry by entry (the browser's odometer/archive.py).

export const TABLES = {
  vehicles: ["id", "brand", "model", "year", "powertrain", "is_simulated", "state"],
  uploads: ["id", "vehicle_id", "state", "size_bytes", "sha256", "cid", "created_at"],
  consents: ["id", "title", "state", "consent_address", "signed_at", "expires_at"],
  declines: ["id", "offer_id", "title", "at"],
  releases: ["release_id", "title", "state", "rho_micro", "charged_at", "published_at"],
  payouts: ["release_id", "title", "consent_address", "earned_units", "claimed_units"],
  claims: ["id", "consent_address", "to", "state", "amount_units", "tx_hash"],
  privacy_ledger: ["window", "used_rho_micro", "cap_rho_micro", "guess_in_100"],
};

const WHOLE = new Set(["received", "pinned", "checked", "unreadable"]);
const KINDS = [
  ["PAR1", ".parquet"],
  ["PK\x03\x04", ".zip"],
  ["\x1f\x8b", ".gz"],
];
const START_BYTES = 1024;

// Whole, and not erased: its bytes can be fetched.
export const isHere = (upload) => WHOLE.has(upload.state) && upload.wrapped_key !== null;

// Yields {name, input}. open: gives {file, report} of an upload, opened on this device.
export async function* entries(document, open, readme) {
  yield { name: "README.txt", input: readme };
  yield { name: "export.json", input: json(document) };
  for (const [name, columns] of Object.entries(TABLES)) {
    yield { name: `tables/${name}.csv`, input: table(document[name] ?? [], columns) };
  }
  for (const { id, receipt } of document.consents ?? []) {
    if (receipt) yield { name: `receipts/${id}.jsonld`, input: json(receipt) };
  }
  for (const upload of document.uploads.filter(isHere)) {
    const { file, report } = await open(upload);
    yield { name: `files/${upload.id}${await endingOf(file)}`, input: file };
    if (report) yield { name: `reports/${upload.id}.json`, input: report };
  }
}

// The ending of a file's name by how it begins; names never left the driver's device.
async function endingOf(file) {
  const bytes = new Uint8Array(await file.slice(0, START_BYTES).arrayBuffer());
  const head = String.fromCharCode(...bytes);
  if (head.includes("[Content_Types].xml")) return ".xlsx";
  const known = KINDS.find(([mark]) => head.startsWith(mark));
  if (known) return known[1];
  if (/[^\t\n\r\x20-\xff]/.test(head)) return ".bin";
  return /^\s*[[{]/.test(head) ? ".json" : ".csv";
}

// Rows as CSV (RFC 4180).
export const table = (rows, columns) =>
  [columns, ...rows.map((row) => columns.map((name) => row[name]))]
    .map((cells) => `${cells.map(cell).join(",")}\r\n`)
    .join("");

// What a spreadsheet shows and never runs: words of others come in titles.
function cell(value) {
  const text = String(value ?? "");
  const isRisky = typeof value === "string" && /^[=+\-@\t\r]/.test(text);
  const safe = isRisky ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const json = (value) => `${JSON.stringify(value, null, 1)}\n`;

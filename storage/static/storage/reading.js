// What kind of file this is, told by its first bytes as the builder tells it; and its text as bytes.

const HEAD_BYTES = 8192;
const KINDS = [
  [/^PAR1/, "parquet"],
  [/^PK\x03\x04/, "zip"],
  [/^\s*[[{]/, "json"],
  [/(^|[^0-9a-f])(23 ?23|24 ?24)( ?[0-9a-f]{2}){20}/im, "frames"], // GB/T 32960 in hex
  [/[\0-\x08\x0e-\x1a]/, "binary"],
];

// Returns {kind, isGzip, encoding}; kind "table" is text whose rows can be cut.
export async function kindOf(file) {
  const start = await firstBytes(file);
  const isGzip = start[0] === 0x1f && start[1] === 0x8b;
  const head = isGzip ? await opened(file) : start;
  if (!head) return { kind: "binary", isGzip, encoding: null };
  const encoding = encodingOf(head);
  const text = encoding ? new TextDecoder(encoding).decode(head) : String.fromCharCode(...head);
  const found = KINDS.find(([mark]) => mark.test(text.replace(/^\ufeff/, "")));
  return { kind: found ? found[1] : "table", isGzip, encoding };
}

const firstBytes = async (file) => new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());

async function opened(file) {
  const reader = file.stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  try {
    const { value } = await reader.read();
    return value?.subarray(0, HEAD_BYTES) ?? new Uint8Array();
  } catch {
    return null;
  } finally {
    reader.cancel().catch(() => {});
  }
}

// Two-byte encodings, by their mark or by where the zeros of plain letters stand; else null.
function encodingOf([one, two, three, four]) {
  if (one === 0xff && two === 0xfe) return "utf-16le";
  if (one === 0xfe && two === 0xff) return "utf-16be";
  if (four === undefined || Boolean(one || three) === Boolean(two || four)) return null;
  return one || three ? "utf-16le" : "utf-16be";
}

// The table's text: opened, and in an encoding whose commas are single bytes.
export function textOf(file, { isGzip, encoding }, counted = (piece) => piece) {
  let stream = file.stream().pipeThrough(each(counted));
  if (isGzip) stream = stream.pipeThrough(new DecompressionStream("gzip"));
  if (!encoding) return stream;
  return stream.pipeThrough(new TextDecoderStream(encoding)).pipeThrough(new TextEncoderStream());
}

// The table without what the cutter takes out, packed again when it was packed.
export function cutText(file, kind, cutter, counted) {
  const rows = new TransformStream({
    transform: (piece, control) => control.enqueue(cutter.push(piece)),
    flush: (control) => control.enqueue(cutter.end()),
  });
  const cut = textOf(file, kind, counted).pipeThrough(rows);
  return kind.isGzip ? cut.pipeThrough(new CompressionStream("gzip")) : cut;
}

// Shows every piece to `see` as it passes.
export const each = (see) =>
  new TransformStream({
    transform(piece, control) {
      see(piece);
      control.enqueue(piece);
    },
  });

// Make an archive as the page does. Arguments: the directory of modules, what is given, the file to write.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const [statics, given, target] = process.argv.slice(2);
const load = (path) => import(join(statics, path));
const { entries } = await load("storage/archive.js");
const { openUpload } = await load("storage/opening.js");
const { fromBase64, fromHex } = await load("portal/bytes.js");
const { downloadZip } = await load("vendor/zip.js");

const { document, sealed, private_key } = JSON.parse(await readFile(given, "utf8"));
const open = (upload) => openUpload(new Blob([fromBase64(sealed[upload.id])]), upload, fromHex(private_key));
try {
  const made = await downloadZip(entries(document, open, "read me")).blob();
  await writeFile(target, new Uint8Array(await made.arrayBuffer()));
} catch (error) {
  process.stdout.write(error.code ?? String(error));
  process.exitCode = 3;
}

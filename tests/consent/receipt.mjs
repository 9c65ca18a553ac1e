// Read receipts as the page does. Arguments: the directory of modules, a JSON list of texts.

import { join } from "node:path";

const [statics, given] = process.argv.slice(2);
const { calldata, read } = await import(join(statics, "consent/receipt.js"));

const answers = JSON.parse(given).map((text) => {
  try {
    const receipt = read(text);
    return { ...receipt, calls: receipt.ways.map((way) => calldata(receipt, way)) };
  } catch (error) {
    return { code: error.code ?? error.message };
  }
});
process.stdout.write(JSON.stringify(answers));

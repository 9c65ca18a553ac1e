// libsodium, ready to use. Needs 'wasm-unsafe-eval' in the page's script-src.

import sodium from "../vendor/libsodium.js";

await sodium.ready;

export default sodium;

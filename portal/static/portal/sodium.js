// libsodium, ready to use. Needs 'wasm-unsafe-eval' in the page's script-src.
//
// Where WebAssembly is switched off (iOS in lockdown mode), a larger build in plain JavaScript
// does the same, some twenty times slower.

export const isSlow = typeof WebAssembly === "undefined";

const { default: sodium } = isSlow
  ? await import("../vendor/libsodium-slow.js")
  : await import("../vendor/libsodium.js");

await sodium.ready;

export default sodium;

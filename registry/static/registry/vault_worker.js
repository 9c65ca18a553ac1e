// Worker: the acts of vault.js away from the page's thread.
//
// in:  {id, act: one of ACTS, values: [...]}
// out: {id, result} or {id, error: {code, detail, pointer}}

const ACTS = new Set([
  "create",
  "isOutdated",
  "openVault",
  "protectAgain",
  "prove",
  "seedOf",
  "unknownWords",
  "wordsOf",
]);

// The handler must stand before anything is awaited: earlier messages would be lost.
self.onmessage = async ({ data: { id, act, values } }) => {
  try {
    if (!ACTS.has(act)) throw new Error(`${act} is not an act of the vault`);
    const vault = await import("./vault.js");
    self.postMessage({ id, result: vault[act](...values) });
  } catch (error) {
    const { code = "failed", message: detail, pointer = "" } = error;
    self.postMessage({ id, error: { code, detail, pointer } });
  }
};

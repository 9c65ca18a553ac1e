// To whose public keys an upload is sealed: the driver's own, and the builder's that the chain names.

import { fromHex, toHex } from "../portal/bytes.js";
import { get } from "../portal/http.js";
import { pin, pinned } from "../portal/pins.js";
import { withSeed } from "../registry/unlock.js";

// The driver's public key as this browser saw it when the vault was open; else unlock once.
export async function ownKey(driver) {
  const shown = (await get("/api/v1/drivers/me")).public_key;
  let known = await pinned(`driver ${driver}`);
  if (!known) {
    await withSeed({ why: gettext("Unlock once, so that this browser knows your key"), act: gettext("Unlock") }, async () => true);
    known = await pinned(`driver ${driver}`);
    if (!known) throw Object.assign(new Error("closed"), { code: "closed" });
  }
  if (known !== shown) throw swapped(gettext("The server shows another public key for you than your vault has. Nothing was sent."));
  return fromHex(known);
}

// The builder's key must be the one the chain names, and the one this browser saw before.
export async function builderKey() {
  const [key, chain] = await Promise.all([get("/api/v1/builder-key"), get("/api/v1/chain")]);
  const digest = toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", fromHex(key.public_key))));
  const before = await pinned(`builder ${key.key_id}`);
  if (digest !== chain.builder_key_sha256.replace(/^0x/, "") || (before && before !== digest)) {
    throw swapped(gettext("The builder's key is not the one that the chain names. Nothing was sent."));
  }
  await pin(`builder ${key.key_id}`, digest);
  return key;
}

const swapped = (text) => Object.assign(new Error(text), { code: "key_swapped" });

// One claim: of one consent address, for the releases of one bundle, signed by whoever it is.

import { post } from "../portal/http.js";
import { toBytes32 } from "../portal/keys.js";
import { claim, marketDomain } from "../portal/typed_data.js";

const LASTS_S = 60 * 60;

// chain: the answer of /api/v1/chain; sign(typedData) gives or resolves to the signature.
export async function send(chain, { consent_address, release_ids }, to, sign) {
  const deadline = Math.floor(Date.now() / 1000) + LASTS_S;
  const message = { driver: consent_address, to, releases: release_ids.map(toBytes32), deadline };
  const typed = claim(marketDomain(chain.chain_id, chain.contracts.ReleaseMarket), message);
  const signature = await sign(typed);
  return post("/api/v1/claims", { consent_address, release_ids, to, deadline, signature });
}

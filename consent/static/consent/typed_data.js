// What a driver signs for one consent, and the digest of its terms.

import { encode } from "../portal/canonical.js";
import { keccak256 } from "../portal/typed_data.js";

export {
  addressOf,
  claim,
  consentDomain,
  digest,
  grant,
  marketDomain,
  recover,
  renew,
  revoke,
  sign,
} from "../portal/typed_data.js";

// Keccak-256 of the terms as canonical JSON, 32 bytes.
export const termsDigest = (terms) => keccak256(encode(terms));

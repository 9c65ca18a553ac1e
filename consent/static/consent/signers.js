// Who signs a consent: the key that the vault makes for this dataset alone, or a wallet.
//
// `act` gets {address, sign}; sign(typedData) resolves to the signature.

import { consentKey, toBytes32 } from "../portal/keys.js";
import { signTyped } from "../portal/wallets.js";
import { chosenWallet } from "../registry/choose_wallet.js";
import { addressOf, sign } from "./typed_data.js";

export async function fromSeed(seed, datasetId, act) {
  const key = consentKey(seed, toBytes32(datasetId));
  try {
    return await act({ address: addressOf(key), sign: (typed) => sign(key, typed) });
  } finally {
    key.fill(0);
  }
}

// wallet: {address, contract}; contract is "true" for an account that only the chain can speak for.
export async function fromWallet({ address, contract }, act) {
  const provider = await chosenWallet();
  if (!provider) return null;
  const account = { address, isContract: contract === "true" };
  return act({ address, sign: (typed) => signTyped(provider, account, typed) });
}

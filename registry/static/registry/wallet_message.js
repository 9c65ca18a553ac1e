// A message for a wallet to sign: asked for, checked against this page, signed.

import { post } from "../portal/http.js";
import { account, signText } from "../portal/wallets.js";
import { chosenWallet } from "./choose_wallet.js";

// purpose: "sign_in" or "connect". Resolves to {message, signature}, or null when none was chosen.
export async function signedMessage(purpose) {
  const provider = await chosenWallet();
  if (!provider) return null;
  const address = await account(provider);
  const { message } = await post("/api/v1/wallet-challenges", { address, purpose });
  if (!isOurs(message, address)) {
    throw new Error(gettext("The server asked your wallet to sign something for another site. Nothing was signed."));
  }
  return { message, signature: await signText(provider, address, message) };
}

// A hostile server must not get a signature that opens an account somewhere else.
function isOurs(message, address) {
  const [head, who] = message.split("\n");
  const places = [location.host, location.origin];
  return (
    places.some((place) => head === `${place} wants you to sign in with your Ethereum account:`) &&
    who === address &&
    message.includes(`\nURI: ${location.origin}/`)
  );
}

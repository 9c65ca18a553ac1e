// A person's own wallets in this browser: found by EIP-6963, spoken to by EIP-1193.
//
// Of what a wallet says about itself only the name is shown: an icon would be foreign bytes drawn
// here, and any script may announce itself with the icon of another.

import { toHex, utf8 } from "./bytes.js";
import { checksum, recover } from "./typed_data.js";

const WAIT_MS = 150;
const REFUSED = 4001;
const UNAUTHORISED = 4100;
const UNKNOWN_CHAIN = 4902;
const BUSY = -32002;
const SENTENCES = {
  [REFUSED]: () => gettext("You said no in the wallet. Nothing was signed."),
  [UNAUTHORISED]: () => gettext("This account is not open in the wallet. Choose it there and try again."),
  [UNKNOWN_CHAIN]: () => gettext("The wallet does not know the chain this is recorded on. Add it there and try again."),
  [BUSY]: () => gettext("The wallet is waiting for an answer already. Open it and answer there."),
};

// Resolves to [{name, provider}]: wallets that announce themselves, else the one in the page.
export async function found() {
  const wallets = new Map();
  const hear = ({ detail }) => {
    if (typeof detail?.provider?.request !== "function" || !detail.info?.uuid) return;
    wallets.set(detail.info.uuid, { name: `${detail.info.name}`.slice(0, 40), provider: detail.provider });
  };
  addEventListener("eip6963:announceProvider", hear);
  dispatchEvent(new Event("eip6963:requestProvider"));
  await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  removeEventListener("eip6963:announceProvider", hear);
  if (!wallets.size && typeof window.ethereum?.request === "function") {
    return [{ name: gettext("The wallet of this browser"), provider: window.ethereum }];
  }
  return [...wallets.values()];
}

// The account that is chosen in the wallet, as a checksum address.
export async function account(provider) {
  const [first] = await accounts(provider);
  if (!first) throw new Error(SENTENCES[UNAUTHORISED]());
  return first;
}

// Signs plain text (ERC-191) with this very account.
export async function signText(provider, address, text) {
  await mustHave(provider, address);
  return tidy(await ask(provider, "personal_sign", [`0x${toHex(utf8(text))}`, address]));
}

// Signs EIP-712 data with this very account, on the chain that the data name.
export async function signTyped(provider, { address, isContract }, typed) {
  await mustHave(provider, address);
  await goTo(provider, typed.domain.chainId);
  const signature = tidy(await ask(provider, "eth_signTypedData_v4", [address, JSON.stringify(typed)]));
  if (!isContract && signerOf(typed, signature) !== address) throw wrongAccount(address);
  return signature;
}

async function mustHave(provider, address) {
  if (!(await accounts(provider)).includes(address)) throw wrongAccount(address);
}

async function goTo(provider, chainId) {
  const isThere = async () => Number(await ask(provider, "eth_chainId")) === Number(chainId);
  if (await isThere()) return;
  await ask(provider, "wallet_switchEthereumChain", [{ chainId: `0x${Number(chainId).toString(16)}` }]);
  if (await isThere()) return;
  const text = gettext("The wallet is on another chain. Switch it to chain %(chain)s and try again.");
  throw new Error(interpolate(text, { chain: chainId }, true));
}

async function accounts(provider) {
  const said = await ask(provider, "eth_requestAccounts");
  return Array.isArray(said) ? said.map(checksum) : [];
}

async function ask(provider, method, params = []) {
  try {
    return await provider.request({ method, params });
  } catch (error) {
    const code = error?.code ?? error?.data?.originalError?.code;
    const other = gettext("The wallet could not do this: %(reason)s");
    const reason = `${error?.message ?? error}`.slice(0, 200);
    const text = SENTENCES[code]?.() ?? interpolate(other, { reason }, true);
    throw Object.assign(new Error(text), { code: `wallet_${code}` });
  }
}

// Some wallets write the last byte as 0 or 1; it is the same signature.
const tidy = (signature) =>
  /^0x[0-9a-fA-F]{128}0[01]$/.test(signature)
    ? `${signature.slice(0, -2)}${(27 + Number(signature.slice(-2))).toString(16)}`
    : signature;

function signerOf(typed, signature) {
  try {
    return recover(typed, signature);
  } catch {
    return null;
  }
}

const wrongAccount = (address) =>
  new Error(
    interpolate(gettext("Choose the account %(address)s in your wallet and try again."), { address }, true),
  );

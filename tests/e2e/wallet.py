"""A wallet in the browser: EIP-6963 and EIP-1193 in the page, a real key outside of it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from eth_account import Account
from eth_account.messages import encode_defunct
from eth_utils.address import to_checksum_address

from tests.e2e.browser import Person

CHAIN_ID = 31337
_REFUSED, _UNAUTHORISED, _UNKNOWN_METHOD, _UNKNOWN_CHAIN = 4001, 4100, 4200, 4902
_PROVIDER = """
(() => {
  const provider = {
    async request({method, params = []}) {
      const said = JSON.parse(await window.askWallet(JSON.stringify({method, params})));
      if (said.error) throw Object.assign(new Error(said.error.message), said.error);
      return said.result;
    },
    on() {},
    removeListener() {},
  };
  if (!%(announces)s) { window.ethereum = provider; return; }
  for (const name of %(names)s) {
    const info = {uuid: name, name, icon: "data:image/png;base64,", rdns: "example.wallet"};
    const announce = () => dispatchEvent(
      new CustomEvent("eip6963:announceProvider", {detail: Object.freeze({info, provider})}));
    addEventListener("eip6963:requestProvider", announce);
    announce();
  }
})();
"""


class _No(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class BrowserWallet:
    """What somebody has installed; `is_willing` is what they answer when it asks them."""

    private: bytes
    is_willing: bool = True
    chain_id: int = CHAIN_ID
    known_chains: tuple[int, ...] = (1, CHAIN_ID)
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Its account."""
        return str(Account.from_key(self.private).address)

    def install(
        self, person: Person, *, announces: bool = True, names: tuple[str, ...] = ("Test Wallet",)
    ) -> None:
        """Put it into every page that this person opens from now on."""
        person.context.expose_binding("askWallet", lambda _, text: self._answer(text))
        facts = {"announces": str(announces).lower(), "names": json.dumps(names)}
        person.context.add_init_script(_PROVIDER % facts)

    def _answer(self, text: str) -> str:
        asked = json.loads(text)
        self.asked.append(asked["method"])
        acts: dict[str, Callable[..., Any]] = {
            "eth_requestAccounts": lambda: [self.address.lower()],
            "eth_chainId": lambda: hex(self.chain_id),
            "wallet_switchEthereumChain": self._switch,
            "personal_sign": self._sign_text,
            "eth_signTypedData_v4": self._sign_typed,
        }
        try:
            return json.dumps({"result": acts[asked["method"]](*asked["params"])})
        except KeyError:
            return json.dumps({"error": {"code": _UNKNOWN_METHOD, "message": "unknown"}})
        except _No as no:
            return json.dumps({"error": {"code": no.code, "message": "no"}})

    def _switch(self, wanted: dict[str, str]) -> None:
        if int(wanted["chainId"], 16) not in self.known_chains:
            raise _No(_UNKNOWN_CHAIN)
        self.chain_id = int(wanted["chainId"], 16)

    def _sign_text(self, text: str, address: str) -> str:
        self._may_sign(address)
        signed = Account.sign_message(encode_defunct(hexstr=text), self.private)
        return str(signed.signature.to_0x_hex())

    def _sign_typed(self, address: str, text: str) -> str:
        self._may_sign(address)
        typed = json.loads(text)
        if typed["domain"]["chainId"] != self.chain_id:
            raise _No(_UNAUTHORISED)
        signed = Account.sign_typed_data(self.private, full_message=typed)
        return str(signed.signature.to_0x_hex())

    def _may_sign(self, address: str) -> None:
        if to_checksum_address(address) != self.address:
            raise _No(_UNAUTHORISED)
        if not self.is_willing:
            raise _No(_REFUSED)

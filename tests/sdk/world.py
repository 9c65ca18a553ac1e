"""A chain that says what a test wants it to say."""

from types import SimpleNamespace
from typing import Any

from odometer.amounts import Token
from odometer.chain import Chain, ConsentRecord, ReleaseRecord
from protocol.hashing import sha256

BUILDER = b"\7" * 32
MARKET = "0x" + "22" * 20
REGISTRY = "0x" + "33" * 20
TOKEN = Token("tUSD", 6, "0x" + "44" * 20, 31337)


class SaidChain(Chain):
    """A chain without a node."""

    def __init__(self, **said: Any) -> None:
        addresses = {"ReleaseMarket": MARKET, "ConsentRegistry": REGISTRY}
        super().__init__(SimpleNamespace(), addresses, 31337, TOKEN)  # type: ignore[arg-type]
        self.said = said
        self.__dict__["token_domain"] = {
            "name": "Test Dollar",
            "version": "1",
            "chainId": 31337,
            "verifyingContract": TOKEN.address,
        }

    def builder_key_sha256(self, **_kept: Any) -> bytes:
        return self.said.get("builder", sha256(BUILDER))

    def consent_nonce(self, *_of: Any) -> int:
        return self.said.get("nonce", 0)

    def consent(self, *_of: Any) -> ConsentRecord:
        return self.said["consent"]

    def permit_nonce(self, *_of: Any) -> int:
        return self.said.get("permit_nonce", 0)

    def release(self, *_of: Any, **_at: Any) -> ReleaseRecord:
        return self.said["release"]

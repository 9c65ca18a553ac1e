"""A dev chain of one's own with the contracts on it: the same keys, the same bytes, every run."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

from chain import contracts
from chain.domain.calls import ContractCall
from protocol import typed_data
from stack import binaries, ports
from stack.programs import BLOCK_GAS
from stack.rpc import RpcError, call

CHAIN_ID = 31337
BEGAN_AT = 1_800_000_000
"""Second at which a measured chain begins: expiries cost the same in every run."""
TREASURY = "0x" + "7e" * 20
BUILDER_KEY = b"\x0b" * 32
FEE_BPS = 1_200
GAS_LIMIT = 25_000_000
_START_S = 20.0
_POLL_S = 0.002


class NotMined(Exception):
    """A transaction of a measurement failed: what it would have cost says nothing."""


@dataclass(frozen=True)
class Key:
    """A key that is the same in every run; nothing of worth may ever be sent to it."""

    private: bytes

    @classmethod
    def number(cls, number: int) -> "Key":
        """Return one of the keys."""
        return cls(sha256(f"odometer measurement {number}".encode()).digest())

    @cached_property
    def address(self) -> str:
        """Its address."""
        return typed_data.address_of(self.private)

    def sign(self, message: typed_data.TypedData) -> bytes:
        """Return r, s and v over a message, 65 bytes."""
        return bytes.fromhex(typed_data.sign(self.private, message)[2:])

    def sign_short(self, message: typed_data.TypedData) -> tuple[bytes, bytes]:
        """Return r and vs over a message, 32 bytes each."""
        return typed_data.compact(self.sign(message))


@dataclass
class DevChain:
    """A running dev chain and where the contracts stand on it."""

    url: str
    addresses: dict[str, str] = field(default_factory=dict)
    deployment_gas: dict[str, int] = field(default_factory=dict)

    @cached_property
    def accounts(self) -> list[str]:
        """Accounts that pay for anything: the operator first, then the two stewards."""
        return list(call(self.url, "eth_accounts"))

    @property
    def operator(self) -> str:
        """Who publishes, settles and gives licences."""
        return self.accounts[0]

    def deploy_all(self) -> "DevChain":
        """Put every contract on the chain, in the order in which they lean on each other."""
        self._deploy("TestStablecoin")
        self._deploy("ConsentRegistry")
        keys = self.accounts[1:3]
        roles = (*keys, self.operator, self.operator, TREASURY)
        steward = self._deploy("Stewardship", *roles, FEE_BPS, BUILDER_KEY)
        market = self._deploy("ReleaseMarket", steward)
        self._deploy("CampaignEscrow", market, steward)
        self._deploy("DeveloperLicence", steward)
        return self

    def gas(self, contract: str, function: str, *args: Any, sender: str | None = None) -> int:
        """Send one call and return the gas that its whole transaction used. Raises NotMined."""
        data = contracts.calldata(ContractCall(contract, function, args))
        return self.gas_of(data, to=self.addresses[contract], sender=sender)

    def gas_of(self, data: bytes, *, to: str, sender: str | None = None) -> int:
        """Send these bytes to an address, as `gas` does."""
        wish = {"from": sender or self.operator, "to": to, "data": "0x" + data.hex()}
        return int(self._mined(wish)["gasUsed"], 16)

    def size(self, contract: str) -> int:
        """Return how many bytes of code of a contract stand on the chain."""
        code = call(self.url, "eth_getCode", self.addresses[contract], "latest")
        return len(bytes.fromhex(code[2:]))

    def pass_time(self, seconds: int) -> None:
        """Let the next block be so much later."""
        call(self.url, "evm_increaseTime", seconds)

    def _deploy(self, contract: str, *args: Any) -> str:
        data = contracts.calldata(ContractCall(contract, contracts.CONSTRUCTOR, args))
        receipt = self._mined({"from": self.operator, "data": "0x" + data.hex()})
        self.addresses[contract] = receipt["contractAddress"]
        self.deployment_gas[contract] = int(receipt["gasUsed"], 16)
        return self.addresses[contract]

    def _mined(self, wish: dict[str, Any]) -> dict[str, Any]:
        sent = call(self.url, "eth_sendTransaction", {**wish, "gas": hex(GAS_LIMIT)})
        give_up_at = time.monotonic() + _START_S
        while (receipt := call(self.url, "eth_getTransactionReceipt", sent)) is None:
            if time.monotonic() > give_up_at:
                raise NotMined(sent)
            time.sleep(_POLL_S)
        if int(receipt["status"], 16) != 1:
            raise NotMined(call(self.url, "eth_call", wish, "latest"))
        return dict(receipt)


@contextmanager
def running(*options: str) -> Iterator[DevChain]:
    """Run a new, empty dev chain until the block ends."""
    port = ports.free(1)[0]
    command = [str(binaries.anvil()), "--port", str(port), "--chain-id", str(CHAIN_ID), "--quiet"]
    command += ["--gas-limit", BLOCK_GAS]
    with subprocess.Popen([*command, *options]) as process:  # noqa: S603 - our own node
        try:
            yield _answering(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()


def _answering(url: str) -> DevChain:
    give_up_at = time.monotonic() + _START_S
    while True:
        try:
            call(url, "eth_chainId")
        except RpcError:
            if time.monotonic() > give_up_at:
                raise
            time.sleep(_POLL_S)
        else:
            return DevChain(url)

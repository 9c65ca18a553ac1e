"""A developer's key on the chain: signs orders and permits, never sends a transaction."""

import secrets
from pathlib import Path

from eth_abi.abi import encode

from odometer.chain import Chain
from odometer.errors import OdometerError
from protocol import typed_data
from protocol.hashing import keccak256

DEVELOPMENT_CHAIN = 31337
_KEY_BYTES = 32
_SLOTS = 32


class NoTestMoney(OdometerError):
    """Test money exists on the development chain only."""


class Wallet:
    """One secp256k1 key. `is_demo`: it may ask a development chain for test money."""

    def __init__(self, private_key: bytes, *, is_demo: bool = False) -> None:
        self._private_key = private_key
        self.is_demo = is_demo
        self.address = typed_data.address_of(private_key)

    def __repr__(self) -> str:
        return f"<Wallet {self.address}>"

    @classmethod
    def from_file(cls, path: str | Path) -> "Wallet":
        """Return the wallet whose private key, in hex, is in a file."""
        return cls(bytes.fromhex(Path(path).read_text(encoding="ascii").strip().removeprefix("0x")))

    @classmethod
    def demo(cls) -> "Wallet":
        """Return a fresh wallet that pays with test money of the development chain."""
        return cls(secrets.token_bytes(_KEY_BYTES), is_demo=True)

    def save(self, path: str | Path) -> None:
        """Write the private key to a file that only its owner may read."""
        place = Path(path)
        place.touch(mode=0o600)
        place.write_text(self._private_key.hex() + "\n", encoding="ascii")

    def sign(self, message: typed_data.TypedData) -> str:
        """Return the signature over an EIP-712 message, 0x hex."""
        return typed_data.sign(self._private_key, message)

    def take_test_money(self, chain: Chain, units: int) -> None:
        """Raise this wallet's balance to `units` on the development chain.

        Raises NoTestMoney on any other chain.
        """
        if chain.chain_id != DEVELOPMENT_CHAIN:
            raise NoTestMoney("only the development chain gives test money away")
        if chain.balance_units(self.address) < units:
            _set_balance(chain, self.address, units)


def _set_balance(chain: Chain, holder: str, units: int) -> None:
    """Write the balance into the token's storage, wherever the token keeps it."""
    word = "0x" + units.to_bytes(32).hex()
    token = chain.token.address
    for slot in range(_SLOTS):
        place = "0x" + keccak256(encode(["uint256", "address"], [slot, holder])).hex()
        before = chain.rpc.ask("eth_getStorageAt", token, place, "latest")
        chain.rpc.ask("anvil_setStorageAt", token, place, word)
        if chain.balance_units(holder) == units:
            return
        chain.rpc.ask("anvil_setStorageAt", token, place, before)
    raise NoTestMoney("this payment token keeps its balances in an unknown place")

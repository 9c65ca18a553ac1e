"""Read the 32-byte words of an event, whose arguments almost always take one word each."""

from collections.abc import Sequence
from typing import Any, Final

from eth_utils.crypto import keccak

from chain.errors import NodeDown

LENGTH: Final = 32
_NO_PADDING: Final = bytes(12)


def are_words(kinds: Sequence[str]) -> bool:
    """Return whether each value of these types is one word."""
    return all(kind in {"address", "bool", "bytes32"} or _is_number(kind) for kind in kinds)


def values(kinds: Sequence[str], data: bytes) -> list[Any]:
    """Return one value per word. Raises NodeDown when the bytes are none of these types."""
    if len(data) != LENGTH * len(kinds):
        raise NodeDown
    return [
        _value(kind, data[place * LENGTH : (place + 1) * LENGTH])
        for place, kind in enumerate(kinds)
    ]


def checksummed(address: bytes) -> str:
    """Return 20 bytes as an address with its checksum in the case of its letters (EIP-55)."""
    digits = address.hex()
    digest = keccak(digits.encode()).hex()
    return "0x" + "".join(
        digit.upper() if nibble > "7" else digit
        for digit, nibble in zip(digits, digest, strict=False)  # the digest is longer
    )


def _value(kind: str, word: bytes) -> Any:
    if kind == "bytes32":
        return word
    if kind == "address":
        if not word.startswith(_NO_PADDING):
            raise NodeDown
        return checksummed(word[12:])
    number = int.from_bytes(word, "big")
    bits = 1 if kind == "bool" else int(kind.removeprefix("uint"))
    if number >> bits:
        raise NodeDown
    return bool(number) if kind == "bool" else number


def _is_number(kind: str) -> bool:
    return kind.startswith("uint") and kind[4:].isdecimal()

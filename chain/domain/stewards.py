"""What stewards may change: the numbers and words of the settings, values as bytes and text."""

from enum import IntEnum
from typing import Final

from eth_utils.address import is_checksum_address, is_hex_address, to_checksum_address

from chain.errors import BadStewardValue

HIGHEST_FEE_BPS: Final = 1_500
_WORD_BYTES: Final = 32
_ADDRESS_BYTES: Final = 20
_HEX_DIGITS: Final = 64


class Setting(IntEnum):
    """A setting by the number that the contract gives to it."""

    FEE_BPS = 1
    TREASURY = 2
    OPERATOR = 3
    LICENSOR = 4
    BUILDER_KEY = 5
    FIRST_KEY = 6
    SECOND_KEY = 7

    @property
    def word(self) -> str:
        """The setting's name as people type it; the contract's view has the same name."""
        return self.name.lower()


WORDS: Final = tuple(setting.word for setting in Setting)


def setting_of(word: str) -> Setting:
    """Return the setting of that name. Raises BadStewardValue."""
    if word not in WORDS:
        known = ", ".join(WORDS)
        raise BadStewardValue(problem=f"no setting is called {word!r}; there are {known}")
    return Setting[word.upper()]


def value_of(setting: Setting, text: str) -> bytes:
    """Return the 32 bytes that stand for a typed value. Raises BadStewardValue."""
    if setting == Setting.FEE_BPS:
        return _fee(text).to_bytes(_WORD_BYTES, "big")
    if setting == Setting.BUILDER_KEY:
        return _digest(text)
    return bytes.fromhex(address_of(text)[2:]).rjust(_WORD_BYTES, b"\0")


def address_of(text: str) -> str:
    """Return a typed address with its checksum; one in mixed case must have the right one already.

    Raises BadStewardValue.
    """
    is_plain = is_hex_address(text) and text == text.lower() and text.startswith("0x")
    if not (is_plain or is_checksum_address(text)) or not int(text, 16):
        raise BadStewardValue(
            problem=f"{text!r} is no address: 0x, 40 hex digits, and a right checksum if any"
        )
    return to_checksum_address(text)


def text_of(setting: Setting, value: bytes) -> str:
    """Return a value of 32 bytes as people read it."""
    if setting == Setting.FEE_BPS:
        return str(int.from_bytes(value, "big"))
    if setting == Setting.BUILDER_KEY:
        return value.hex() if any(value) else "none"
    return to_checksum_address(value[-_ADDRESS_BYTES:])


def _fee(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > HIGHEST_FEE_BPS:
        raise BadStewardValue(
            problem=f"a fee is a whole number of basis points, 0 to {HIGHEST_FEE_BPS}, not {text!r}"
        )
    return int(text)


def _digest(text: str) -> bytes:
    try:
        digest = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        digest = b""
    if len(digest) != _WORD_BYTES or not any(digest):
        raise BadStewardValue(
            problem=f"a builder key is named by the {_HEX_DIGITS} hex digits of its SHA-256"
        )
    return digest

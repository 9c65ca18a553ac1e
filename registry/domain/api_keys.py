"""The text of an API key: recognisable, checkable without a database. Draws randomness."""

import hashlib
import secrets
import string
import zlib
from dataclasses import dataclass
from typing import Final

START: Final = "odo_test_"
SECRET_CHARACTERS: Final = 32
SUM_CHARACTERS: Final = 6
SHOWN_CHARACTERS: Final = len(START) + 4
_ALPHABET: Final = string.digits + string.ascii_letters


@dataclass(frozen=True)
class NewKey:
    """A key just made. `text` is shown once and kept by nobody here."""

    text: str
    prefix: str
    sha256: str


def make() -> NewKey:
    """Return a fresh key with 190 bits of randomness and a checksum at its end."""
    secret = "".join(secrets.choice(_ALPHABET) for _ in range(SECRET_CHARACTERS))
    text = START + secret + _checksum(secret)
    return NewKey(text=text, prefix=text[:SHOWN_CHARACTERS], sha256=digest_of(text))


def is_well_formed(text: str) -> bool:
    """Return whether the checksum fits; secret scanners and typos are served without a look-up."""
    body = text.removeprefix(START)
    if body == text or len(body) != SECRET_CHARACTERS + SUM_CHARACTERS:
        return False
    return _checksum(body[:SECRET_CHARACTERS]) == body[SECRET_CHARACTERS:]


def digest_of(text: str) -> str:
    """Return the SHA-256 of the key in hex. The key is random, so a fast hash is enough."""
    return hashlib.sha256(text.encode()).hexdigest()


def _checksum(secret: str) -> str:
    value = zlib.crc32(secret.encode())
    digits = []
    for _ in range(SUM_CHARACTERS):
        value, digit = divmod(value, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))

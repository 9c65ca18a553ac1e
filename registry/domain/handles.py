"""Names to sign in with: one form for all the ways of typing one."""

import re
import unicodedata
from typing import Final

MIN_CHARACTERS: Final = 3
MAX_CHARACTERS: Final = 40
_ALLOWED: Final = re.compile(r"[\w.@+-]+")


def normal(handle: str) -> str:
    """Return the handle in NFKC and lower case, without blanks around it."""
    return unicodedata.normalize("NFKC", handle).strip().lower()


def is_valid(handle: str) -> bool:
    """Return whether a normal handle has 3 to 40 letters, digits or `._-+@`."""
    is_long_enough = MIN_CHARACTERS <= len(handle) <= MAX_CHARACTERS
    return is_long_enough and _ALLOWED.fullmatch(handle) is not None

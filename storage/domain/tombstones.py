"""The digest that tells the chain what was erased, and tells nobody which."""

import hashlib
from typing import Final
from uuid import UUID

_LABEL: Final = "odometer-erasure-v1:"


def digest_of(erased_id: UUID) -> bytes:
    """Return the 32 bytes of the tombstone of an upload, a vehicle or a driver.

    The ids are random, so they cannot be guessed, and none of one kind is one of another.
    """
    return hashlib.sha256(f"{_LABEL}{erased_id}".encode()).digest()

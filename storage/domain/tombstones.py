"""The digest that tells the chain one upload was erased, and tells nobody which."""

import hashlib
from typing import Final
from uuid import UUID

_LABEL: Final = "odometer-erasure-v1:"


def digest_of(upload_id: UUID) -> bytes:
    """Return the 32 bytes of an upload's tombstone; the id is random, so they cannot be guessed."""
    return hashlib.sha256(f"{_LABEL}{upload_id}".encode()).digest()

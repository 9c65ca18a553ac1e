"""Do not wait for a silent node again and again: what needs no node must not stand behind it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from storage.errors import NodeDown

LONGEST_REST_S: Final = 30.0
_RESTS: Final = 3
"""A process waits for a silent node at most a quarter of its time."""

_until: dict[str, float] = {}  # by address, for all threads; a clock that only runs on


@contextmanager
def heeded(address: str, *, timeout_s: float) -> Iterator[None]:
    """Refuse at once while the node is known to be silent, and note when it is found to be.

    Raises NodeDown.
    """
    began = time.monotonic()
    if began < _until.get(address, 0.0):
        raise NodeDown
    try:
        yield
    except NodeDown:
        if time.monotonic() - began >= timeout_s:
            _until[address] = time.monotonic() + min(_RESTS * timeout_s, LONGEST_REST_S)
        raise

"""One range of bytes, as RFC 9110 asks for it."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

_ONE: Final = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def wanted(header: str, size_bytes: int) -> range | None:
    """Return the range, cut to the size; None for the whole.

    Several ranges, other units and what makes no sense are passed over, as the standard allows. A
    range that begins at the size or behind it begins behind the last byte: it cannot be answered.
    """
    found = _ONE.fullmatch(header.strip())
    if found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        start = max(0, size_bytes - int(last)) if int(last) else size_bytes
        return range(start, size_bytes)
    if last and int(last) < int(first):
        return None
    return range(int(first), max(int(first), min(int(last or size_bytes) + 1, size_bytes)))


def cut(pieces: Iterable[bytes], size_bytes: int) -> Iterator[bytes]:
    """Yield so many bytes of the pieces, and ask for no more."""
    for piece in pieces:
        yield piece[:size_bytes]
        size_bytes -= len(piece)
        if size_bytes <= 0:
            return

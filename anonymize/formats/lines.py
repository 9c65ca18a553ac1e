"""Cut a stream of bytes into stretches of whole rows, and decode each."""

from collections.abc import Iterator

from anonymize.formats.errors import BrokenTable
from anonymize.formats.quality import Quirk

CHUNK_BYTES = 8 * 2**20
"""What is held of a text file at a time."""

_TRIES = 1_000


def stretches(
    blocks: Iterator[bytes], quirks: set[Quirk], *, chunk_bytes: int = CHUNK_BYTES
) -> Iterator[str]:
    """Yield text that ends where a row ends: never within quotes, as far as can be told.

    Raises BrokenTable when no row ends within a stretch.
    """
    held = bytearray()
    lines = 0
    for block in blocks:
        held += block
        while len(held) >= chunk_bytes:
            end = _row_end(held)
            if not end:
                raise BrokenTable(line=lines + 1)
            lines += held.count(b"\n", 0, end)
            yield _decoded(bytes(held[:end]), quirks)
            del held[:end]
    if held:
        yield _decoded(bytes(held), quirks)


def _row_end(held: bytearray) -> int:
    """Return the place after the last line end outside quotes; 0 without any line end."""
    last = end = held.rfind(b"\n") + 1
    if not end or b'"' not in held:
        return end
    quotes = held.count(b'"', 0, end)
    for _ in range(_TRIES):
        if quotes % 2 == 0 and end:
            return end
        earlier = held.rfind(b"\n", 0, max(end - 1, 0)) + 1
        if not earlier:
            break
        quotes -= held.count(b'"', earlier, end)
        end = earlier
    return last  # a lone quote: the rows are cut where lines end


def _decoded(content: bytes, quirks: set[Quirk]) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        quirks.add(Quirk.OLD_ENCODING)
        return content.decode("latin-1")

"""How large the pages of a Parquet file say they open to, read before anything is opened."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from anonymize.formats import thrift
from anonymize.formats.thrift import Struct

_MAGIC_BYTES, _LENGTH_BYTES = 4, 4
# Field numbers of the format's own Thrift definition.
_ROWS, _GROUPS, _COLUMNS, _META = 3, 4, 1, 3
_PATH, _COMPRESSED, _DATA_AT, _DICTIONARY_AT = 3, 7, 9, 11
_PAGE_OPENED, _PAGE_STORED, _PAGE_HEADERS, _PAGE_VALUES = 2, 3, (5, 7, 8), 1


@dataclass(frozen=True)
class Page:
    """What one page says of itself: bytes once opened, and values."""

    opened_bytes: int
    values: int


def rows_of(content: bytes) -> int:
    """Return how many rows the file says it has. Raises ValueError for damage."""
    return thrift.whole(_footer(content), _ROWS)


def pages(content: bytes, columns: Collection[str]) -> Iterator[Page]:
    """Yield each page of these columns. Raises ValueError, IndexError for damage."""
    for group in thrift.structs(_footer(content), _GROUPS):
        for column in thrift.structs(group, _COLUMNS):
            meta = thrift.struct(column, _META)
            if thrift.text(meta, _PATH) in columns:
                yield from _pages_of(content, meta)


def _footer(content: bytes) -> Struct:
    end = len(content) - _MAGIC_BYTES - _LENGTH_BYTES
    length = int.from_bytes(content[end : end + _LENGTH_BYTES], "little")
    if not 0 < length <= end - _MAGIC_BYTES:
        raise ValueError("no footer")
    return thrift.parsed(content, end - length)[0]


def _pages_of(content: bytes, meta: Struct) -> Iterator[Page]:
    starts = [meta[at] for at in (_DATA_AT, _DICTIONARY_AT) if meta.get(at)]
    place = min(start for start in starts if isinstance(start, int))
    end = place + thrift.whole(meta, _COMPRESSED)
    while place < end:
        page, place = thrift.parsed(content, place)
        values = [
            thrift.whole(thrift.struct(page, h), _PAGE_VALUES) for h in _PAGE_HEADERS if h in page
        ]
        yield Page(thrift.whole(page, _PAGE_OPENED), sum(values))
        place += thrift.whole(page, _PAGE_STORED)

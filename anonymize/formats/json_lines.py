"""One JSON object a line, as a table: the names of the first object are its columns."""

import json
from collections.abc import Iterator, Sequence
from itertools import chain

import polars as pl

from anonymize.formats.errors import UnknownFormat
from anonymize.formats.quality import Quirk
from anonymize.formats.tables import HASH, ROW, Stretch

_MOST_NAMES = 2_000


class JsonTable:
    """Objects without depth. Names that the first hundred objects do not have are not read."""

    def __init__(self, texts: Iterator[str], quirks: set[Quirk], file_name: str) -> None:
        first = next(texts, "")
        self._texts = chain([first], texts)
        self.quirks, self.file_name = quirks, file_name
        self.remarks = "\n".join(_words(first))
        self.decimal_comma = False
        self.names = _names(first)
        self._row = 0

    def stretches(self, places: Sequence[int]) -> Iterator[Stretch]:
        """Yield the values at these names, as text."""
        asked = [self.names[place] for place in places]
        for text in self._texts:
            lines = [line for line in text.split("\n") if line.strip()]
            rows = [_object(line) for line in lines]
            numbers = [self._row + n for n, row in enumerate(rows) if row is not None]
            self._row += len(rows)
            used = [row for row in rows if row is not None]
            columns = {
                str(place): pl.Series([_text(row.get(name)) for row in used], dtype=pl.String)
                for place, name in zip(places, asked, strict=True)
            }
            whole = pl.Series([json.dumps(row, sort_keys=True) for row in used], dtype=pl.String)
            frame = pl.DataFrame({**columns, ROW: numbers, HASH: whole.hash()})
            yield Stretch(frame.with_columns(pl.col(ROW).cast(pl.Int64)), len(rows) - len(used))


def _names(text: str) -> list[str]:
    heads = [_object(line) for line in text.split("\n", 100)[:100] if line.strip()]
    names = list(dict.fromkeys(name for head in heads if head for name in head))
    if not names or len(names) > _MOST_NAMES:
        raise UnknownFormat
    return names


def _object(line: str) -> dict[str, object] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _text(value: object) -> str | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()  # half a pair of signs is no text
    return str(value) if isinstance(value, (int, float)) else None


def _words(text: str) -> Iterator[str]:
    """Yield what the first object says about itself under `remark`."""
    head = _object(text.split("\n", 1)[0])
    if head and isinstance(remark := head.get("remark"), str):
        yield remark

"""Tables, whatever file they stand in, as stretches of columns; text tables among them."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from anonymize.formats import naming
from anonymize.formats.errors import BrokenTable, UnknownFormat
from anonymize.formats.quality import Quirk

ROW, HASH = "row", "hash"

_DELIMITERS = (",", ";", "\t", "|")
_MOST_COLUMNS = 2_000


@dataclass(frozen=True)
class Stretch:
    """Rows of a table. wrong: how many have other columns than the header.

    frame: the asked columns, named by their place; `row`, counted from 0 in the file; `hash` of
    the whole row.
    """

    frame: pl.DataFrame
    wrong: int


class Source(Protocol):
    """What any file tells beside its rows.

    remarks: words before the first row; file_name: only a date in it is looked at.
    """

    file_name: str
    remarks: str
    quirks: set[Quirk]


class Table(Source, Protocol):
    """A table that is read once, a stretch at a time. names: tidy, unnamed columns `#place`."""

    names: list[str]
    decimal_comma: bool

    def stretches(self, places: Sequence[int]) -> Iterator[Stretch]:
        """Yield the columns at these places, stretch after stretch."""


class TextTable:
    """A table of delimited text, with a header after lines of remarks that begin with `#`."""

    def __init__(self, texts: Iterator[str], quirks: set[Quirk], file_name: str) -> None:
        self.quirks, self.file_name = quirks, file_name
        self.remarks, table = _without_remarks(next(texts, ""))
        header, _, self._first = table.lstrip("\n").partition("\n")
        self._texts = texts
        self._delimiter, fields = _header(header)
        self.names = [
            naming.tidy(field, quirks) or f"#{place}" for place, field in enumerate(fields)
        ]
        self.decimal_comma = self._delimiter != ","
        self._width = len(fields)
        self._is_open = not fields[-1].strip()
        self._row = 0

    def stretches(self, places: Sequence[int]) -> Iterator[Stretch]:
        """Yield the columns at these places. Raises BrokenTable for a field without end."""
        yield self._stretch(self._first, places)
        self._first = ""
        for text in self._texts:
            yield self._stretch(text, places)

    def _stretch(self, text: str, places: Sequence[int]) -> Stretch:
        cut = self._quoted if '"' in text else self._unquoted
        frame, rows = cut(text, places)
        frame = frame.with_columns(pl.col(ROW) + self._row)
        self._row += rows
        return Stretch(frame, rows - frame.height)

    def _unquoted(self, text: str, places: Sequence[int]) -> tuple[pl.DataFrame, int]:
        """Return the asked columns of rows as wide as the header, and how many rows there are."""
        lines = pl.Series("line", [text]).str.split("\n").explode()
        lines = lines.filter(lines.str.len_bytes() > 0)
        fields = lines.str.split(self._delimiter)
        width = fields.list.len().cast(pl.Int64)
        wider = (width == self._width + 1) & (fields.list.last() == "").fill_null(value=False)
        self._note_trailing(is_wider=bool(wider.any()))
        fits = (width == self._width) | wider
        if self._is_open:
            fits |= width == self._width - 1
        frame = pl.DataFrame({"fields": fields, HASH: lines.hash()}).with_row_index(ROW)
        columns = [pl.col("fields").list.get(p, null_on_oob=True).alias(str(p)) for p in places]
        asked = frame.filter(fits).select(*columns, pl.col(ROW).cast(pl.Int64), HASH)
        return asked, len(lines)

    def _quoted(self, text: str, places: Sequence[int]) -> tuple[pl.DataFrame, int]:
        """Do as `_unquoted` for rows that need a parser of quotes."""
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self._delimiter)
        try:
            rows = [row for row in reader if row]
        except csv.Error:
            raise BrokenTable(line=self._row + reader.line_num) from None
        used = [(number, row) for number, row in enumerate(rows) if self._fits(row)]
        self._note_trailing(is_wider=any(len(row) > self._width for _, row in used))
        columns = {
            str(p): pl.Series(
                [row[p] if p < len(row) else None for _, row in used], dtype=pl.String
            )
            for p in places
        }
        lines = pl.Series([self._delimiter.join(row) for _, row in used], dtype=pl.String)
        numbers = pl.Series([number for number, _ in used], dtype=pl.Int64)
        return pl.DataFrame({**columns, ROW: numbers, HASH: lines.hash()}), len(rows)

    def _fits(self, row: Sequence[str]) -> bool:
        """Tell whether a row is as wide as the header, give or take one empty field at the end."""
        if len(row) == self._width + 1:
            return not row[-1]
        return len(row) == self._width or (self._is_open and len(row) == self._width - 1)

    def _note_trailing(self, *, is_wider: bool) -> None:
        if self._is_open or is_wider:
            self.quirks.add(Quirk.TRAILING_COLUMNS)


def _without_remarks(text: str) -> tuple[str, str]:
    start = 0
    while text.startswith("#", start):
        start = text.find("\n", start) + 1 or len(text)
    return text[:start], text[start:]


def _header(line: str) -> tuple[str, list[str]]:
    """Return the delimiter that parts the line most, and the fields it makes."""
    try:
        ways = [(mark, next(csv.reader([line], delimiter=mark), [])) for mark in _DELIMITERS]
    except csv.Error:
        raise BrokenTable(line=1) from None
    delimiter, fields = max(ways, key=lambda way: len(way[1]))
    if not fields or len(fields) > _MOST_COLUMNS:
        raise UnknownFormat
    return delimiter, fields

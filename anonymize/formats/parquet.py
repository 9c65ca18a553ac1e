"""Parquet files as tables: only the asked columns are opened, and never more than a limit."""

import io
from collections.abc import Iterator, Sequence

import polars as pl

from anonymize.formats import naming, outcomes, parquet_pages
from anonymize.formats.errors import DamagedParquet, OpensTooLarge, UnknownFormat
from anonymize.formats.quality import Quirk
from anonymize.formats.tables import HASH, ROW, Stretch

MAGIC = b"PAR1"

MAX_BYTES = 512 * 2**20
"""What a file may have: its last bytes say where all others are, so it is held whole."""

MAX_OPENED_BYTES = 2**30
"""What the pages of the asked columns may open to."""

MAX_TEXT_BYTES = 64 * 2**20
"""Of the texts of one column in one stretch: each row can name the same long text again."""

_ROWS_IN_STRETCH = 500_000
_MOST_COLUMNS = 2_000
_REMARK = "remark"


class ParquetTable:
    """Columns by their names. A text column `remark` is told apart and says who made the file."""

    def __init__(self, content: bytes, quirks: set[Quirk], file_name: str) -> None:
        self.quirks, self.file_name = quirks, file_name
        self.decimal_comma = False
        self._content = content
        try:
            self._schema = pl.read_parquet_schema(io.BytesIO(content))
            self._rows = parquet_pages.rows_of(content)
            self._columns = list(self._schema)
            self.names = [naming.tidy(name, quirks) for name in self._columns]
            outcomes.check_rows(self._rows)
            self.remarks = self._remark()
        except _DAMAGE:
            raise DamagedParquet from None
        if not self.names or len(self.names) > _MOST_COLUMNS:
            raise UnknownFormat

    def stretches(self, places: Sequence[int]) -> Iterator[Stretch]:
        """Yield the columns at these places. Raises DamagedParquet, OpensTooLarge."""
        columns = [self._columns[place] for place in places]
        try:
            self._check_size(columns)
            for start in range(0, max(self._rows, 1), _ROWS_IN_STRETCH):
                yield self._stretch(columns, places, start)
        except _DAMAGE:
            raise DamagedParquet from None

    def _check_size(self, columns: Sequence[str]) -> None:
        """Raise OpensTooLarge when the pages of these columns say they open to too much."""
        opened = values = 0
        for page in parquet_pages.pages(self._content, columns):
            opened += page.opened_bytes
            values += page.values
            if opened > MAX_OPENED_BYTES:
                raise OpensTooLarge(most_bytes=MAX_OPENED_BYTES)
        outcomes.check_rows(values // max(len(columns), 1))

    def _stretch(self, columns: Sequence[str], places: Sequence[int], start: int) -> Stretch:
        scan = pl.scan_parquet(io.BytesIO(self._content))
        frame = scan.select(columns).slice(start, _ROWS_IN_STRETCH).collect()
        named = [_plain(frame[c]).alias(str(p)) for c, p in zip(columns, places, strict=True)]
        _check_texts(named)  # until here they are but references, and nobody has read them yet
        rows = pl.int_range(start, start + frame.height, eager=True).alias(ROW)
        return Stretch(pl.DataFrame([*named, rows, frame.hash_rows().alias(HASH)]), 0)

    def _remark(self) -> str:
        if self._schema.get(_REMARK) != pl.String or not self._rows:
            return ""
        self._check_size([_REMARK])
        scan = pl.scan_parquet(io.BytesIO(self._content))
        return str(scan.select(_REMARK).head(1).collect().item())


def _check_texts(columns: Sequence[pl.Series]) -> None:
    for column in columns:
        if column.dtype == pl.String and column.str.len_bytes().sum() > MAX_TEXT_BYTES:
            raise OpensTooLarge(most_bytes=MAX_TEXT_BYTES)


def _plain(column: pl.Series) -> pl.Series:
    """Return numbers, moments and texts as they are; anything else as nothing told."""
    if column.dtype.is_numeric() or column.dtype == pl.Datetime:
        return column.dt.replace_time_zone(None) if column.dtype == pl.Datetime else column
    if column.dtype in {pl.String, pl.Categorical, pl.Enum, pl.Date}:
        return column.cast(pl.String)
    return pl.repeat(None, len(column), dtype=pl.String, eager=True)


_DAMAGE = (
    pl.exceptions.PolarsError,
    pl.exceptions.PanicException,
    ValueError,
    IndexError,
    KeyError,
    OSError,
    OverflowError,
)

"""What reading one file gives, before it is reported."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

import polars as pl

from anonymize.formats.errors import TooManyRows
from anonymize.formats.quality import Quirk, Refusal
from anonymize.formats.tables import Table

MAX_ROWS = 16_000_000
"""Rows that one reading holds at most: about four months of driving at ten samples a second."""


@dataclass(frozen=True)
class Outcome:
    """The frame and how it came about. samples: the telemetry behind a driving frame, if any."""

    format: str
    kind: str
    frame: pl.DataFrame
    rows_read: int
    rows_used: int
    refused: Counter[Refusal]
    signals: tuple[str, ...]
    quirks: frozenset[Quirk] = frozenset()
    is_simulated: bool = False
    samples: pl.DataFrame | None = field(default=None, repr=False)
    span: tuple[date, date] | None = None


class Format(Protocol):
    """A kind of table: how to know it by its columns, and how to read it."""

    @property
    def name(self) -> str:
        """Return the word by which reports call this kind."""

    def knows(self, names: Sequence[str]) -> bool:
        """Tell whether a table with these columns is of this kind."""

    def read(self, table: Table) -> Outcome:
        """Read the table whole."""


def check_rows(rows: int) -> None:
    """Raise TooManyRows when a reading would hold more rows than it may."""
    if rows > MAX_ROWS:
        raise TooManyRows(most_rows=MAX_ROWS)


def span_of(starts: pl.Series) -> tuple[date, date] | None:
    """Return the first and last day of moments."""
    first, last = starts.min(), starts.max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return None
    return first.date(), last.date()

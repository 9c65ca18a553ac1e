"""How the rows of a drive tell their time, as milliseconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from anonymize.formats import moments, values
from anonymize.formats.moments import Form

EPOCH_2000_MS = 946_684_800_000
"""Times from here on are counted from 1970 and have a date; smaller ones have none."""

_YEAR_2100_MS = 4_102_444_800_000
_SECOND_MS = 1000
_EPOCH_2000_S = EPOCH_2000_MS // _SECOND_MS
_DAY_MS = 86_400_000
# Day 1.0 of the VED is midnight of 1 November 2017, local time.
_VED_FIRST_DAY_MS = 1_509_494_400_000


class Clock(Protocol):
    """A way to tell the time."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the plain names that tell the time, in the order `read` takes them."""

    @property
    def of_day(self) -> bool:
        """Tell whether it starts anew at midnight and has no date; else it counts from a start."""

    def read(self, columns: Sequence[pl.Series]) -> pl.Series:
        """Return milliseconds; null where the time is impossible.

        A clock that names no columns is given the numbers of the rows.
        """


@dataclass(frozen=True)
class RowIsSecond:
    """No time is told: one row is one second."""

    columns: tuple[str, ...] = ()
    of_day: bool = False

    def read(self, columns: Sequence[pl.Series]) -> pl.Series:
        """Return the row's number in seconds."""
        return columns[0] * _SECOND_MS


@dataclass(frozen=True)
class ClockOfDay:
    """`hh:mm:ss.fff` without a date."""

    columns: tuple[str, ...] = ("time",)
    of_day: bool = True

    def read(self, columns: Sequence[pl.Series]) -> pl.Series:
        """Return milliseconds since midnight."""
        return moments.clock_ms(values.stripped(columns[0]))


@dataclass(frozen=True)
class SecondsOfDay:
    """Seconds since midnight as a number."""

    columns: tuple[str, ...] = ("seconds",)
    of_day: bool = True

    def read(self, columns: Sequence[pl.Series]) -> pl.Series:
        """Return milliseconds since midnight; a little over a day is let pass."""
        return _milliseconds(
            values.numbers(columns[0], decimal_comma=True) * _SECOND_MS, 2 * _DAY_MS
        )


@dataclass(frozen=True)
class DateAndClock:
    """A date `m/d/yyyy`, or in some files `d/m/yyyy`, and a clock in a second column."""

    columns: tuple[str, ...] = ("date", "time")
    of_day: bool = False

    def read(self, columns: Sequence[pl.Series]) -> pl.Series:
        """Return milliseconds of the order in which more dates are possible; else month first."""
        texts = values.stripped(columns[0]) + " " + values.stripped(columns[1])
        month_first, day_first = (
            moments.moments(texts, form) for form in (Form.MONTH_FIRST, Form.DAY_FIRST)
        )
        best = day_first if day_first.count() > month_first.count() else month_first
        return best.dt.epoch("ms")


@dataclass(frozen=True)
class DayAndMilliseconds:
    """A day counted from 1 November 2017 as 1, and milliseconds since the trip began."""

    columns: tuple[str, ...] = ("daynum", "timestamp")
    of_day: bool = False

    def read(self, columns: Sequence[pl.Series]) -> pl.Series:
        """Return milliseconds; the fraction of the day is the start of the trip."""
        day, since = (values.numbers(column, decimal_comma=False) for column in columns)
        return _milliseconds(_VED_FIRST_DAY_MS + (day - 1) * _DAY_MS + since, _YEAR_2100_MS)


@dataclass
class Stamp:
    """One column, in whatever form: date and clock, clock, seconds or milliseconds."""

    columns: tuple[str, ...] = ("timestamp",)
    of_day: bool = False

    def read(self, columns: Sequence[pl.Series]) -> pl.Series:
        """Return milliseconds of the first form in which any row can be read."""
        if columns[0].dtype.is_temporal():
            return moments.moments(columns[0], Form.YEAR_FIRST).dt.epoch("ms")
        texts = values.stripped(columns[0])
        for form in (Form.YEAR_FIRST, Form.DAY_FIRST):
            if (read := moments.moments(texts, form)).count():
                return read.dt.epoch("ms")
        if (read := moments.clock_ms(texts)).count():
            self.of_day = True
            return read
        return _counted(values.numbers(texts, decimal_comma=True))


def _counted(numbers: pl.Series) -> pl.Series:
    """Return milliseconds of numbers: milliseconds since 1970, seconds since 1970, or seconds."""
    top = numbers.max()
    is_ms = isinstance(top, float) and top >= EPOCH_2000_MS
    return _milliseconds(numbers if is_ms else numbers * _SECOND_MS, _YEAR_2100_MS)


def _milliseconds(numbers: pl.Series, most: int) -> pl.Series:
    return values.whole(numbers, low=0, high=most, dtype=pl.Int64)

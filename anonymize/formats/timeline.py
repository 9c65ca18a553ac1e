"""Settle the time of samples: midnight, order, repeated stretches, the date of the start."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from anonymize.formats.clocks import EPOCH_2000_MS
from anonymize.formats.quality import Quirk

TIME, TRIP, WINDOW = "time_ms", "trip", "window"

TRIP_GAP_MS = 600_000
"""A pause of ten minutes parts two trips."""

_DAY_MS = 86_400_000
_HALF_DAY_MS = _DAY_MS // 2
_NAMED_DATE = re.compile(
    r"(20[0-9]{2})-([0-9]{2})-([0-9]{2})(?:[_T ]([0-9]{2})[-:.]([0-9]{2})[-:.]([0-9]{2}))?",
    re.ASCII,
)
_EPOCH = datetime.fromisoformat("1970-01-01")


@dataclass(frozen=True)
class Settled:
    """Samples in order of `time_ms`, counted from the first; each time stands once.

    started_at: local, None when no date is told. repeated: samples that stood there already.
    misdated: samples without a date in a file with dates.
    """

    samples: pl.DataFrame
    started_at: datetime | None
    repeated: int
    misdated: int
    quirks: frozenset[Quirk]


def settled(samples: pl.DataFrame, file_name: str, *, of_day: bool) -> Settled:
    """Return samples in order, once each. file_name: may hold the date.

    of_day: the clock starts anew at midnight: a leap back of half a day or more is midnight, a
    smaller one repeats a stretch.
    """
    quirks: set[Quirk] = set()
    if of_day:
        samples = _past_midnight(samples, quirks)
    is_dated = (
        (samples[TIME] >= EPOCH_2000_MS) if samples.height else pl.Series([], dtype=pl.Boolean)
    )
    whole = samples.height
    if is_dated.any():
        samples = samples.filter(is_dated)
    misdated = whole - samples.height
    samples, repeated = _once(_in_order(samples, quirks))
    if repeated:
        quirks.add(Quirk.REPEATED_STRETCH)
    started_at = _start(samples, file_name, of_day=of_day, is_dated=bool(is_dated.any()))
    if started_at is None:
        quirks.add(Quirk.NO_DATE)
    samples = samples.with_columns(pl.col(TIME) - pl.col(TIME).min())
    return Settled(samples, started_at, repeated, misdated, frozenset(quirks))


def with_window(samples: pl.DataFrame, started_at: datetime | None) -> pl.DataFrame:
    """Return the telemetry frame: the samples with the local month `YYYY-MM` of each."""
    samples = samples.drop(TRIP, strict=False)
    if started_at is None:
        return samples.with_columns(pl.lit(None, dtype=pl.String).alias(WINDOW))
    months = moment(started_at).dt.truncate("1mo")
    named = samples.select(months.unique().alias("month"))["month"]
    names = named.dt.strftime("%Y-%m")
    return samples.with_columns(
        months.replace_strict(named, names, return_dtype=pl.String).alias(WINDOW)
    )


def span(samples: pl.DataFrame, started_at: datetime | None) -> tuple[date, date] | None:
    """Return the first and last local day."""
    last = samples[TIME].max()
    if started_at is None or not isinstance(last, int):
        return None
    return started_at.date(), (started_at + timedelta(milliseconds=last)).date()


def moment(started_at: datetime) -> pl.Expr:
    """Return the local moment of each sample."""
    return pl.lit(started_at, dtype=pl.Datetime("ms")) + pl.duration(milliseconds=pl.col(TIME))


def trip_numbers(samples: pl.DataFrame) -> pl.Series:
    """Return a number that grows at each pause and wherever the file says so."""
    starts = pl.col(TIME).diff().fill_null(0) > TRIP_GAP_MS
    if TRIP in samples.columns:
        known = pl.col(TRIP).forward_fill()
        starts |= (known != known.shift()).fill_null(value=False)
    return samples.select(starts.cum_sum().alias(TRIP))[TRIP]


def _past_midnight(samples: pl.DataFrame, quirks: set[Quirk]) -> pl.DataFrame:
    leaps = samples[TIME].diff() < -_HALF_DAY_MS
    if not leaps.any():
        return samples
    quirks.add(Quirk.MIDNIGHT)
    days = leaps.fill_null(value=False).cum_sum().cast(pl.Int64)
    return samples.with_columns(pl.col(TIME) + days * _DAY_MS)


def _in_order(samples: pl.DataFrame, quirks: set[Quirk]) -> pl.DataFrame:
    if samples[TIME].is_sorted():
        return samples
    quirks.add(Quirk.OUT_OF_ORDER)
    return samples.sort(TIME, maintain_order=True)


def _once(samples: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Drop equal samples, then join those of one time: of two values the first counts."""
    if not samples.height or samples[TIME].n_unique() == samples.height:
        return samples, 0
    distinct = samples.unique(maintain_order=True)
    joined = distinct.group_by(TIME, maintain_order=True).agg(pl.all().drop_nulls().first())
    return joined, samples.height - distinct.height


def _start(
    samples: pl.DataFrame, file_name: str, *, of_day: bool, is_dated: bool
) -> datetime | None:
    first = samples[TIME].min()
    if not isinstance(first, int):
        return None
    if is_dated:
        return _EPOCH + timedelta(milliseconds=first)
    named = named_date(file_name)
    if named is None:
        return None
    if of_day:
        named = datetime.combine(named.date(), datetime.min.time())
    return named + timedelta(milliseconds=first)


def named_date(name: str) -> datetime | None:
    """Return the local date, and time if there is one, that stands in a file's name."""
    match = _NAMED_DATE.search(name)
    if match is None:
        return None
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
        return _EPOCH.replace(
            year=year, month=month, day=day, hour=hour, minute=minute, second=second
        )
    except ValueError:
        return None

"""What the columns of a release are called, hold and mean."""

from collections.abc import Iterator

import polars as pl

from anonymize.domain.questions import DRIVERS, HELD_BACK, INTERVAL_SUFFIXES, LEVEL, Query
from anonymize.domain.statistics import (
    Count,
    Histogram,
    Mean,
    Quantiles,
    Rate,
    Statistic,
    Sum,
    Variance,
)


def schema(query: Query) -> Iterator[tuple[str, type[pl.DataType]]]:
    """Yield each column's name and type, in the order of the table."""
    for column, kind in columns(query):
        yield column["name"], kind


def columns(query: Query) -> Iterator[tuple[dict[str, str], type[pl.DataType]]]:
    """Yield each column with its unit and meaning, and its type."""
    about = "`all`: every driver in the release; `first`: one value of the first key; `group`"
    yield _column(LEVEL, "", about), pl.String
    for key in query.group_by:
        yield _column(key.key, "", "Group, from the public list of the question"), pl.String
    for column in _with_interval(DRIVERS, "drivers", "Drivers, with noise"):
        yield column, pl.Int64
    for one in query.statistics:
        for name, text in zip(one.column_names, _texts(one), strict=True):
            for column in _with_interval(name, unit_of(one), text):
                yield column, pl.Float64
    about = "Why figures are missing: `min_cohort` or `too_noisy`"
    yield _column(HELD_BACK, "", about), pl.String


def unit_of(one: Statistic) -> str:
    """Return the unit of a statistic's figures."""
    if isinstance(one, Histogram):
        return "share"
    if isinstance(one, Variance):
        return f"{one.signal.unit}^2"
    if isinstance(one, Rate):
        return one.unit
    return one.signal.unit if isinstance(one, Mean | Quantiles | Sum) else "records"


def _texts(one: Statistic) -> Iterator[str]:
    if isinstance(one, Histogram):
        for label in one.labels:
            yield f"Mean over drivers of their own share in {label} {one.signal.unit}"
    elif isinstance(one, Quantiles):
        for at in one.at:
            yield f"A share {at} of drivers have a mean below this"
    else:
        yield _text(one)


def _text(one: Statistic) -> str:
    if isinstance(one, Mean) and one.is_bought:
        return "Mean over drivers of their own mean, clamped to a range bought with privacy"
    if isinstance(one, Mean):
        return f"Mean over drivers of their own mean, clamped to {one.clamp.low}..{one.clamp.high}"
    if isinstance(one, Variance):
        ends = f"{one.clamp.low}..{one.clamp.high}"
        return f"Variance over drivers of their own mean, clamped to {ends}"
    if isinstance(one, Rate):
        return f"Totals of all drivers over one another, per {one.amount} {one.per.unit}"
    if isinstance(one, Count):
        return f"Records of all drivers, at most {one.clamp.high} of each"
    return "Sum over drivers of their own total, clamped"


def _with_interval(name: str, unit: str, text: str) -> Iterator[dict[str, str]]:
    yield _column(name, unit, text)
    for suffix, end in zip(INTERVAL_SUFFIXES, ("lower", "upper"), strict=True):
        yield _column(name + suffix, unit, f"{text}: {end} end of the 95% interval of the noise")


def _column(name: str, unit: str, description: str) -> dict[str, str]:
    return {"name": name, "unit": unit, "description": description}

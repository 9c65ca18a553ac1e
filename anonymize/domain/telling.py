"""What the columns of a release are called, hold and mean."""

from collections.abc import Iterator

import polars as pl

from anonymize.domain.questions import DRIVERS, HELD_BACK, INTERVAL_SUFFIXES, LEVEL, Query
from anonymize.domain.statistics import (
    CDF_BINS,
    Clamp,
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


def meaning_of(one: Statistic) -> str:
    """Return what a statistic tells, and how each driver's part in it is bounded."""
    if isinstance(one, Histogram):
        return _share_in(one, ", ".join(one.labels))
    if isinstance(one, Quantiles):
        at = ", ".join(str(share) for share in one.at)
        return f"{_below(at)}; clamped to {_ends(one.clamp)}, {CDF_BINS} bins"
    if isinstance(one, Mean | Variance):
        what = "Mean" if isinstance(one, Mean) else "Variance"
        is_bought = isinstance(one, Mean) and one.is_bought
        within = "a range bought with privacy within " if is_bought else ""
        return f"{what} over drivers of their own mean, clamped to {within}{_ends(one.clamp)}"
    if isinstance(one, Rate):
        most = f"{one.clamp.high} {one.signal.unit} and {one.per_clamp.high} {one.per.unit}"
        per = f"{one.amount} {one.per.unit}"
        return f"Totals of all drivers over one another, per {per}; of each driver at most {most}"
    if isinstance(one, Count):
        return f"Records of all drivers, at most {one.clamp.high} of each"
    clamp = f", clamped to {_ends(one.clamp)}" if isinstance(one, Sum) else ""
    return f"Sum over drivers of their own total{clamp}"


def _texts(one: Statistic) -> Iterator[str]:
    """Yield what each column of a statistic tells."""
    if isinstance(one, Histogram):
        yield from (_share_in(one, label) for label in one.labels)
    elif isinstance(one, Quantiles):
        yield from (_below(str(at)) for at in one.at)
    else:
        yield meaning_of(one)


def _share_in(one: Histogram, label: str) -> str:
    return f"Mean over drivers of their own share in {label} {one.signal.unit}"


def _below(at: str) -> str:
    return f"A share {at} of drivers have a mean below this"


def _ends(clamp: Clamp) -> str:
    return f"{clamp.low}..{clamp.high}"


def _with_interval(name: str, unit: str, text: str) -> Iterator[dict[str, str]]:
    yield _column(name, unit, text)
    for suffix, end in zip(INTERVAL_SUFFIXES, ("lower", "upper"), strict=True):
        yield _column(name + suffix, unit, f"{text}: {end} end of the 95% interval of the noise")


def _column(name: str, unit: str, description: str) -> dict[str, str]:
    return {"name": name, "unit": unit, "description": description}

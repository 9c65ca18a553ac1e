"""Partial sums per driver and group, their merge, and the bound on what one driver adds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import polars as pl

from anonymize.domain.queries import (
    HOUR_OF_DAY,
    KEYS,
    OTHER,
    GroupKey,
    Histogram,
    Mean,
    Query,
    hours_of,
)

RESOLUTION = 10_000
"""Integer units in one driver: every count is this, every value lies within it."""

_SMALL_ROWS = 100_000

ALL = -1
"""The group number of the level that holds a driver's whole data."""

DRIVER, GROUP, ROWS = "driver", "group", "rows"

Choose = Callable[[int, int], list[int]]
"""Given n and k: k distinct numbers below n, all sets equally likely, from a secret source."""


def partials(frame: pl.DataFrame, query: Query, *, by: Sequence[str] = ()) -> pl.DataFrame:
    """Return exact integer sums, one row per group that the frame touches.

    The sums are additive: the parts of one driver may be computed apart and merged. Rows outside
    the windows or the public lists, and rows without a needed signal, are left out. `by`: columns
    that are kept apart as well, for a frame that holds several drivers.
    """
    plan = _plan_of(query)
    return (
        frame.lazy()
        .filter(pl.col("window").is_in(query.windows))
        .with_columns(plan.group.alias(GROUP))
        .drop_nulls([GROUP, *plan.needed])
        .group_by(*by, GROUP)
        .agg(*plan.sums)
        .sort(*by, GROUP)
        .collect(engine="in-memory" if frame.height < _SMALL_ROWS else "auto")
    )


def merge(parts: Sequence[pl.DataFrame], *, by: Sequence[str] = ()) -> pl.DataFrame:
    """Return the parts of one driver as one part."""
    return pl.concat(parts).group_by(*by, GROUP).sum().sort(*by, GROUP)


def bound(
    parts_by_driver: Mapping[str, pl.DataFrame], query: Query, choose: Choose
) -> pl.DataFrame:
    """Return the bounded driver table: what each driver adds, in integer units.

    One row per driver for the level of all data (group ALL), and at most l0 rows for groups, kept
    by a uniform choice where the driver touches more. In each row: the count is RESOLUTION; each
    mean is the driver's own mean, clamped and centred, within -RESOLUTION..RESOLUTION; the bins of
    each histogram are not negative and sum to RESOLUTION. Drivers become numbers; labels stay out.
    """
    parts = [part for part in parts_by_driver.values() if part.height]
    numbered = [
        part.select(pl.lit(number, pl.Int64).alias(DRIVER), pl.all())
        for number, part in enumerate(parts)
    ]
    return bound_table(pl.concat([_no_partials(query), *numbered]), query, choose)


def bound_frames(
    frames_by_driver: Mapping[str, pl.DataFrame], query: Query, choose: Choose
) -> pl.DataFrame:
    """Return the bounded driver table of many drivers' frames at once: bound of all their partials.

    The same table as by `partials` and `bound`, many times faster for thousands of small frames.
    """
    numbered = [
        frame.with_columns(pl.lit(number, pl.Int64).alias(DRIVER))
        for number, frame in enumerate(frames_by_driver.values())
    ]
    table = partials(pl.concat(numbered), query, by=[DRIVER]) if numbered else _no_partials(query)
    return bound_table(table, query, choose)


def bound_table(table: pl.DataFrame, query: Query, choose: Choose) -> pl.DataFrame:
    """Return the bounded driver table of merged partials that carry a driver number each."""
    whole = table.drop(GROUP).group_by(DRIVER).sum()
    whole = whole.select(DRIVER, pl.lit(ALL, pl.Int64).alias(GROUP), pl.exclude(DRIVER))
    rows = pl.concat([whole, _kept(table, query, choose)]) if query.group_by else whole
    return rows.select(
        DRIVER,
        GROUP,
        pl.lit(RESOLUTION, pl.Int64).alias("count"),
        *(_centred(mean, index) for index, mean in enumerate(query.means)),
        *(share for index, h in enumerate(query.histograms) for share in _shares(h, index)),
    )


def _kept(table: pl.DataFrame, query: Query, choose: Choose) -> pl.DataFrame:
    """Keep at most l0 groups per driver. Choices of different drivers are independent."""
    order = table.sort(DRIVER, GROUP).with_columns(
        pl.int_range(pl.len()).over(DRIVER).alias("place"), pl.len().over(DRIVER).alias("touched")
    )
    crowded = order.filter(pl.col("touched") > query.l0).unique(DRIVER).sort(DRIVER)
    chosen = [
        (driver, place)
        for driver, touched in crowded.select(DRIVER, "touched").iter_rows()
        for place in choose(touched, query.l0)
    ]
    drawn = pl.DataFrame(chosen, schema={DRIVER: pl.Int64, "place": pl.Int64}, orient="row")
    few = order.filter(pl.col("touched") <= query.l0)
    many = order.join(drawn, on=[DRIVER, "place"], how="semi")
    return pl.concat([few, many]).select(table.columns)


@dataclass(frozen=True)
class _Plan:
    """The expressions of a query, made once: they cost more than a small frame's sums."""

    group: pl.Expr
    needed: tuple[str, ...]
    sums: tuple[pl.Expr, ...]


@lru_cache(maxsize=16)
def _plan_of(query: Query) -> _Plan:
    statistics: tuple[Mean | Histogram, ...] = (*query.means, *query.histograms)
    rows = pl.len().cast(pl.Int64).alias(ROWS)
    return _Plan(
        group=_group(query),
        needed=tuple(dict.fromkeys(statistic.signal.column for statistic in statistics)),
        sums=(rows, *_sums(query), *_bin_counts(query)),
    )


def _group(query: Query) -> pl.Expr:
    group = pl.lit(0, pl.Int64)
    for key in query.group_by:
        group = group * len(key.domain) + _place(key)
    return group


def _place(key: GroupKey) -> pl.Expr:
    """The value's place in the public list; null where it has none."""
    places: dict[int, int] | dict[str, int] = (
        _hour_places(key)
        if key.key == HOUR_OF_DAY
        else {value: place for place, value in enumerate(key.domain)}
    )
    outside = len(key.domain) - 1 if key.has_other else None
    return pl.col(KEYS[key.key]).replace_strict(places, default=outside, return_dtype=pl.Int64)


def _hour_places(key: GroupKey) -> dict[int, int]:
    return {
        hour: place
        for place, label in enumerate(key.domain)
        if label != OTHER
        for hour in range(*hours_of(label))
    }


def _sums(query: Query) -> list[pl.Expr]:
    return [
        pl.col(mean.signal.column).sum().cast(pl.Int64).alias(f"sum_{index}")
        for index, mean in enumerate(query.means)
    ]


def _bin_counts(query: Query) -> list[pl.Expr]:
    return [
        count
        for index, histogram in enumerate(query.histograms)
        for count in _counts_of(histogram, index)
    ]


def _counts_of(histogram: Histogram, index: int) -> list[pl.Expr]:
    """Rows per bin; the first bin takes what lies below, the last what lies above."""
    value, scale = pl.col(histogram.signal.column), histogram.signal.per_unit
    reached = [pl.len(), *((value >= float(e * scale)).sum() for e in histogram.edges[1:-1])]
    reached.append(pl.lit(0))
    return [
        (one.cast(pl.Int64) - after.cast(pl.Int64)).alias(f"bin_{index}_{place}")
        for place, (one, after) in enumerate(pairwise(reached))
    ]


def _centred(mean: Mean, index: int) -> pl.Expr:
    """The driver's mean as a signed share of half the clamp range, in integer units."""
    own = pl.col(f"sum_{index}") / pl.col(ROWS) / mean.signal.per_unit
    share = ((own - mean.centre) / mean.half).clip(-1.0, 1.0)
    return (share * RESOLUTION).round().cast(pl.Int64).alias(f"mean_{index}")


def _shares(histogram: Histogram, index: int) -> list[pl.Expr]:
    """The driver's shares: differences of rounded-down running sums, so they sum exactly."""
    running = [pl.lit(0, pl.Int64)]
    count = pl.lit(0, pl.Int64)
    for place in range(histogram.bins):
        count = count + pl.col(f"bin_{index}_{place}")
        running.append(count * RESOLUTION // pl.col(ROWS))
    return [
        (after - one).alias(f"share_{index}_{place}")
        for place, (one, after) in enumerate(pairwise(running))
    ]


def _no_partials(query: Query) -> pl.DataFrame:
    sums = [f"sum_{index}" for index, _ in enumerate(query.means)]
    bins = [
        f"bin_{index}_{place}"
        for index, histogram in enumerate(query.histograms)
        for place in range(histogram.bins)
    ]
    return pl.DataFrame(schema=dict.fromkeys([DRIVER, GROUP, ROWS, *sums, *bins], pl.Int64))

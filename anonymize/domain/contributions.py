"""Partial sums per driver and group, their merge, and which of them one driver may keep."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import pairwise
from operator import add

import polars as pl

from anonymize.domain.questions import OTHER, GroupKey, Query
from anonymize.domain.statistics import Histogram

ALL, FIRST, SECOND, CROSS = 0, 1, 2, 3
"""Levels: all data, values of the first key, of the second key, every group."""

DRIVER, LEVEL, GROUP, ROWS = "driver", "level", "group", "rows"

Choose = Callable[[int, int], list[int]]
"""Given n and k: k distinct numbers below n, all sets equally likely, from a secret source."""

_SMALL_ROWS = 100_000
_DAY_H = 24


def partials(
    frame: pl.DataFrame | pl.LazyFrame, query: Query, *, by: Sequence[str] = ()
) -> pl.DataFrame:
    """Return exact integer sums, one row per group that the frame touches.

    The sums are additive: the parts of one driver may be computed apart and merged. Rows outside
    the windows or the public lists, and rows without a needed signal, are left out. `by`: columns
    that are kept apart as well, for a frame that holds several drivers. A lazy frame is streamed:
    memory follows the number of drivers and groups, not of rows.
    """
    plan = _plan_of(query)
    is_small = isinstance(frame, pl.DataFrame) and frame.height < _SMALL_ROWS
    sums = (
        _whole(frame.lazy(), plan)
        .group_by(*by, plan.number.alias(GROUP))
        .agg(*plan.sums)
        .collect(engine="in-memory" if is_small else "streaming")
    )
    placed = sums.with_columns(pl.lit(plan.groups).gather(pl.col(GROUP))).drop_nulls(GROUP)
    return merge([placed.select(*by, GROUP, *plan.columns)], by=by)


def merge(parts: Sequence[pl.DataFrame], *, by: Sequence[str] = ()) -> pl.DataFrame:
    """Return the parts of one driver, or of the drivers told apart by `by`, as one part."""
    return pl.concat(parts).group_by(*by, GROUP).sum().sort(*by, GROUP)


def bound(
    parts_by_driver: Mapping[str, pl.DataFrame], query: Query, choose: Choose
) -> pl.DataFrame:
    """Return the bounded driver table of many drivers' parts; see bound_table.

    Drivers become numbers; labels stay out.
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
    """Return the bounded driver table of merged partials that carry a driver number each.

    Its rows are the driver's exact sums: one row at level ALL; at most l0_first rows at level
    FIRST, when the question has it; at most l0 rows at level CROSS, and those summed by the second
    key at level SECOND. Where a driver touches more, a uniform choice decides what is kept. What
    one row adds to the answer is clamped in `features`.
    """
    rows = [_at(ALL, _summed(table, pl.lit(0, pl.Int64)))]
    if query.group_by:
        kept = table
        if query.l0_first is not None:
            kept = _kept(kept, pl.col(GROUP) // _seconds(query), query.l0_first, choose)
            rows.append(_at(FIRST, _summed(kept, pl.col(GROUP) // _seconds(query))))
        kept = _kept(kept, pl.col(GROUP), query.l0, choose)
        rows.append(_at(CROSS, kept))
        if query.has_first:
            rows.append(_at(SECOND, _summed(kept, pl.col(GROUP) % _seconds(query))))
    return pl.concat(rows)


def _seconds(query: Query) -> int:
    return len(query.group_by[-1].domain)


def _summed(table: pl.DataFrame, group: pl.Expr) -> pl.DataFrame:
    return (
        table.with_columns(group.alias(GROUP)).group_by(DRIVER, GROUP).sum().select(table.columns)
    )


def _at(level: int, table: pl.DataFrame) -> pl.DataFrame:
    numbers = pl.col(DRIVER, GROUP).cast(pl.Int64)
    return table.select(numbers, pl.lit(level, pl.Int64).alias(LEVEL), pl.exclude(DRIVER, GROUP))


def _kept(table: pl.DataFrame, unit: pl.Expr, most: int, choose: Choose) -> pl.DataFrame:
    """Keep at most so many units per driver. Choices of different drivers are independent."""
    units = table.select(DRIVER, unit.alias("unit")).unique().sort(DRIVER, "unit")
    touched = units.group_by(DRIVER).len("touched").filter(pl.col("touched") > most)
    if touched.is_empty():
        return table
    chosen = [
        (driver, place)
        for driver, count in touched.sort(DRIVER).iter_rows()
        for place in choose(count, most)
    ]
    drawn = pl.DataFrame(chosen, schema={DRIVER: pl.Int64, "place": pl.Int64}, orient="row")
    placed = units.with_columns(pl.int_range(pl.len()).over(DRIVER).alias("place"))
    many = placed.join(drawn, on=[DRIVER, "place"], how="semi")
    few = units.join(touched, on=DRIVER, how="anti")
    kept = pl.concat([many.select(DRIVER, "unit"), few])
    marked = table.with_columns(unit.alias("unit"))
    return marked.join(kept, on=[DRIVER, "unit"], how="semi").drop("unit")


@dataclass(frozen=True)
class _Plan:
    """The expressions of a query, made once: they cost more than a small frame's sums.

    number: one small whole number for all keys of a row. groups: the group of each such number;
    none for what no group has, and last for rows that are left out.
    """

    needed: tuple[str, ...]
    number: pl.Expr
    groups: pl.Series
    sums: tuple[pl.Expr, ...]
    columns: tuple[str, ...]


@lru_cache(maxsize=16)
def _plan_of(query: Query) -> _Plan:
    signals = [signal.column for signal in query.signals]
    present = [pl.col(column).is_not_null() for column in signals]
    summed = [signal.column for signal in query.summed_signals]
    sums = [pl.col(column).sum().cast(pl.Int64).alias(f"sum_{column}") for column in summed]
    number, groups = _grouped(query)
    return _Plan(
        needed=tuple(dict.fromkeys([*signals, *(key.column for key in query.group_by)])),
        number=pl.when(_in_windows(query), *present).then(number).otherwise(len(groups)),
        groups=pl.Series(GROUP, [*groups, None], dtype=pl.Int64),
        sums=(pl.len().cast(pl.Int64).alias(ROWS), *sums, *_bin_counts(query)),
        columns=tuple(_no_partials(query).columns[2:]),
    )


def _in_windows(query: Query) -> pl.Expr:
    """Whether a row lies in a window; comparing with one is quicker than looking in a list."""
    window = pl.col("window")
    return window.is_in(query.windows) if query.windows[1:] else window == query.windows[0]


def _whole(frame: pl.LazyFrame, plan: _Plan) -> pl.LazyFrame:
    """Add the columns that a frame does not have, empty."""
    missing = set(plan.needed) - set(frame.collect_schema().names())
    nothing = [pl.lit(None, pl.Int64).alias(name) for name in sorted(missing)]
    return frame.with_columns(nothing) if nothing else frame


Numbered = tuple[pl.Expr, tuple[int | None, ...]]
"""A small whole number for each row's value of a key, and the place in the list of each number."""


def _grouped(query: Query) -> tuple[pl.Expr, list[int | None]]:
    """Return one number for all keys of a row, and the group of each such number.

    Grouping by one small number is several times quicker than by values as they stand.
    """
    number: pl.Expr = pl.lit(0, pl.UInt32)
    groups: list[int | None] = [0]
    for key in query.group_by:
        own, places = _numbered(key)
        number = number * len(places) + own.cast(pl.UInt32)
        groups = [_within(group, place, key) for group in groups for place in places]
    return number, groups


def _within(group: int | None, place: int | None, key: GroupKey) -> int | None:
    return None if group is None or place is None else group * len(key.domain) + place


def _numbered(key: GroupKey) -> Numbered:
    value, places = pl.col(key.column), tuple(range(len(key.domain)))
    other = places[-1] if key.has_other else None
    if key.edges:
        reached = [(value >= edge).cast(pl.UInt8) for edge in key.edges]
        return reduce(add, reached).fill_null(0), (None, *places, None)
    if key.hours:
        hour = pl.when(value.is_between(0, _DAY_H - 1)).then(value).otherwise(_DAY_H)
        return hour, (*_hour_places(key, other), other)
    known = value.cast(pl.String).cast(pl.Enum(key.domain), strict=False).to_physical()
    return known.cast(pl.UInt32).fill_null(len(places)), (*places, other)


def _hour_places(key: GroupKey, other: int | None) -> Iterator[int | None]:
    """The place of each hour of a day."""
    named = [place for place, label in enumerate(key.domain) if label != OTHER]
    spans = {
        hour: place for place, span in zip(named, key.hours, strict=True) for hour in range(*span)
    }
    return (spans.get(hour, other) for hour in range(_DAY_H))


def _bin_counts(query: Query) -> Iterator[pl.Expr]:
    for index, one in enumerate(query.statistics):
        if isinstance(one, Histogram):
            yield from _counts_of(one, index)


def _counts_of(histogram: Histogram, index: int) -> Iterator[pl.Expr]:
    """Rows per bin; the first bin takes what lies below, the last what lies above."""
    value, scale = pl.col(histogram.signal.column), histogram.signal.per_unit
    reached = [pl.len(), *((value >= float(e * scale)).sum() for e in histogram.edges[1:-1])]
    reached.append(pl.lit(0))
    for place, (one, after) in enumerate(pairwise(reached)):
        yield (one.cast(pl.Int64) - after.cast(pl.Int64)).alias(f"bin_{index}_{place}")


def _no_partials(query: Query) -> pl.DataFrame:
    names = [DRIVER, GROUP, ROWS, *(f"sum_{signal.column}" for signal in query.summed_signals)]
    for index, one in enumerate(query.statistics):
        if isinstance(one, Histogram):
            names += [f"bin_{index}_{place}" for place in range(one.bins)]
    return pl.DataFrame(schema=dict.fromkeys(names, pl.Int64))

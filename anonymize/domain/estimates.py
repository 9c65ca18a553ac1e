"""Noisy cells to a table of figures and intervals; post-processing, at no privacy cost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from anonymize.domain import curves, figures, hierarchy, intervals, splitting, telling
from anonymize.domain.cells import Layout
from anonymize.domain.contributions import ALL, CROSS, FIRST
from anonymize.domain.intervals import Counted, Estimate, Flags, Noisy
from anonymize.domain.measured import Measured, read
from anonymize.domain.mechanisms import Noised
from anonymize.domain.parts import Part
from anonymize.domain.prefix import Floats
from anonymize.domain.questions import DRIVERS, HELD_BACK, INTERVAL_SUFFIXES, LEVEL, Query
from anonymize.domain.statistics import CDF_BINS, Histogram, Mean, Quantiles, Statistic

MIN_COHORT = "min_cohort"
TOO_NOISY = "too_noisy"

_DECIMALS = 6
_LEVELS: Mapping[int, str] = {ALL: "all", FIRST: "first", CROSS: "group"}

Found = dict[tuple[int | None, int], Measured]


@dataclass(frozen=True)
class Estimated:
    """The table a release holds, the noisy number of drivers in it, and what its columns mean."""

    frame: pl.DataFrame
    cohort_noised: int
    columns: list[dict[str, str]]


def estimate(noised: Noised, layout: Layout) -> Estimated:
    """Return the table of a question that was answered in one step."""
    return table_of(layout.query, read(noised, layout))


def table_of(query: Query, measured: Iterable[Measured]) -> Estimated:
    """Return the table: a row for all data, rows for the first key when asked for, then groups.

    Each interval covers, in 95 of 100 draws of the noise, the exact figure of the bounded driver
    table (each driver weighs the same, values clamped): it tells the error that privacy adds, not
    how far this cohort may be from drivers elsewhere. Groups whose noisy count is below min_cohort,
    or too noisy to divide by, are held back. Values of groups are drawn together; intervals are
    not.
    """
    found = {(one.part.index, one.part.level): one for one in measured}
    counts = _counts(query, found)
    levels = splitting.shown_levels(query)
    wholes: dict[int, _Whole] = {}
    frames = []
    for level in levels:
        held = _held_back(counts, level, query)
        columns = _labels(query, level) | _count_columns(counts[level])
        for index, one in enumerate(query.statistics):
            whole = None if level == ALL else wholes.get(index)
            told = _told(query, found.get((index, level)), counts[level], held, whole)
            if level == ALL and told is not None:
                wholes[index] = _Whole(found[index, ALL], told)
            columns |= _figure_columns(one, told, held)
        frames.append(
            pl.DataFrame({**columns, HELD_BACK: held}, schema=dict(telling.schema(query)))
        )
    return Estimated(
        frame=pl.concat(frames),
        cohort_noised=int(_whole_numbers(counts[ALL].value)[0]),
        columns=[column for column, _ in telling.columns(query)],
    )


def _counts(query: Query, found: Found) -> dict[int, Counted]:
    """The number of drivers at each level; where levels must add up, they are made to."""
    counts = {
        level: Noisy(found[None, level].values[:, 0], found[None, level].sd)
        for level in splitting.shown_levels(query)
    }
    below = FIRST if FIRST in counts else CROSS
    if below in counts and splitting.levels_of(query)[below][1] == 1:
        counts[ALL], counts[below] = hierarchy.agree(counts[ALL], counts[below])
    return {level: _sized(query, level, count) for level, count in counts.items()}


def _sized(query: Query, level: int, count: Noisy) -> Counted:
    """Guess the sizes of groups of two keys from those of their rows and columns too."""
    if level != CROSS or len(query.group_by) == 1:
        return intervals.counted(count)
    table = count.value.reshape(-1, len(query.group_by[1].domain))
    sds = np.full_like(table, count.sd)
    return Counted(count.value, count.sd, hierarchy.drawn_together(table, sds).ravel())


def _held_back(counts: Mapping[int, Counted], level: int, query: Query) -> list[str | None]:
    """Why the figures of each group of a level are missing, if they are.

    A guessed size is at least as sure as that of its row, where rows are counted.
    """
    count = counts[level]
    is_fine = count.may_divide
    if count.size is not count.value:
        is_fine = count.size > min(
            float(np.min(counts[at].sd)) for at in (level, FIRST) if at in counts
        )
    return [
        MIN_COHORT if size < query.min_cohort else None if fine else TOO_NOISY
        for size, fine in zip(count.size, is_fine, strict=True)
    ]


@dataclass(frozen=True)
class _Whole:
    """A statistic over all data: its cells and its figures, which groups are drawn towards."""

    measured: Measured
    told: list[Estimate]


def _told(
    query: Query,
    one: Measured | None,
    count: Counted,
    held: Sequence[str | None],
    whole: _Whole | None,
) -> list[Estimate] | None:
    """The figures of a statistic at a level, drawn together and made to fit one another."""
    if one is None:
        return None
    found = figures.figures_of(one, count)
    statistic = one.part.statistic
    if whole is not None and isinstance(statistic, Mean | Histogram):
        shown = np.array([reason is None for reason in held])
        pairs = zip(found, whole.told, strict=True)
        found = [_drawn(query, one.part, figure, shown, to.value[0]) for figure, to in pairs]
    if whole is not None and isinstance(statistic, Quantiles):
        found = _shaped(one, statistic, found, count, whole.measured)
    if isinstance(statistic, Histogram):
        return _with_values(found, figures.summing_to_one([one.value for one in found]))
    if isinstance(statistic, Quantiles):
        return _with_values(found, figures.rising([one.value for one in found]))
    return found


def _drawn(query: Query, part: Part, figure: Estimate, shown: Flags, whole: float) -> Estimate:
    """Draw one figure of the groups of a level together, about the centres that were bought."""
    is_crossed = part.level == CROSS and len(query.group_by) > 1
    columns = len(query.group_by[1].domain) if is_crossed else 1
    has_own = len(part.centre) > 1
    centre = np.array(part.centre) if has_own else np.zeros(1)
    rest = np.where(shown, figure.value - centre, np.nan)
    towards = None if is_crossed or has_own or not np.isfinite(whole) else float(whole)
    drawn = hierarchy.drawn_together(
        rest.reshape(-1, columns), figure.sd.reshape(-1, columns), towards=towards
    )
    return figure.with_values(np.where(shown, drawn.ravel() + centre, figure.value))


def _shaped(
    one: Measured, asked: Quantiles, found: list[Estimate], count: Counted, whole: Measured
) -> list[Estimate]:
    """Quantiles of groups with values of one shape, learnt from all, within their intervals."""
    step, low = 2 * one.part.half / CDF_BINS, float(asked.clamp.low)
    cells, pooled = Noisy(one.values, one.sd), Noisy(whole.values, whole.sd)
    bins = curves.drawn(cells, count, pooled, [float(at) for at in asked.at])
    values = [np.clip(low + step * v, f.low, f.high) for v, f in zip(bins, found, strict=True)]
    return _with_values(found, values)


def _with_values(found: list[Estimate], values: list[Floats]) -> list[Estimate]:
    return [one.with_values(value) for one, value in zip(found, values, strict=True)]


def _labels(query: Query, level: int) -> dict[str, object]:
    names: dict[int, list[tuple[str | None, ...]]] = {
        ALL: [(None,) * len(query.group_by)],
        CROSS: list(query.groups),
    }
    if query.has_first:
        names[FIRST] = [(value, None) for value in query.group_by[0].domain]
    rows = names[level]
    keys = {key.key: [row[i] for row in rows] for i, key in enumerate(query.group_by)}
    return {LEVEL: [_LEVELS[level]] * len(rows), **keys}


def _count_columns(count: Noisy) -> dict[str, object]:
    reach = intervals.Z_95 * count.sd
    ends = (count.value, count.value - reach, count.value + reach)
    names = (DRIVERS, *(DRIVERS + suffix for suffix in INTERVAL_SUFFIXES))
    return dict(zip(names, map(_whole_numbers, ends), strict=True))


def _figure_columns(
    one: Statistic, told: list[Estimate] | None, held: list[str | None]
) -> dict[str, object]:
    columns: dict[str, object] = {}
    for place, name in enumerate(one.column_names):
        names = (name, *(name + suffix for suffix in INTERVAL_SUFFIXES))
        if told is None:
            columns |= dict.fromkeys(names, [None] * len(held))
        else:
            ends = (told[place].value, told[place].low, told[place].high)
            columns |= {n: _shown(end, held) for n, end in zip(names, ends, strict=True)}
    return columns


def _shown(values: Floats, held: list[str | None]) -> list[float | None]:
    return [
        round(float(value), _DECIMALS) if reason is None and np.isfinite(value) else None
        for value, reason in zip(values, held, strict=True)
    ]


def _whole_numbers(values: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    found: np.ndarray[tuple[int, ...], np.dtype[np.int64]] = np.maximum(np.rint(values), 0)
    return found.astype(np.int64)

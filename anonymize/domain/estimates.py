"""Noisy cells to a table of means, shares and intervals; post-processing, at no privacy cost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from anonymize.domain import intervals
from anonymize.domain.cells import Layout
from anonymize.domain.contributions import ALL, RESOLUTION
from anonymize.domain.intervals import Estimate, Noisy
from anonymize.domain.mechanisms import Noised
from anonymize.domain.queries import DRIVERS, HELD_BACK, INTERVAL_SUFFIXES, LEVEL, Query

MIN_COHORT = "min_cohort"
TOO_NOISY = "too_noisy"

_DECIMALS = 6

Cell = str | int | float | None


@dataclass(frozen=True)
class Estimated:
    """The table a release holds, the noisy number of drivers in it, and what its columns mean."""

    frame: pl.DataFrame
    cohort_noised: int
    columns: list[dict[str, str]]


@dataclass(frozen=True)
class _Block:
    """The noisy numbers of one group, in drivers."""

    group: int
    count: Noisy
    means: tuple[Noisy, ...]
    bins: tuple[tuple[Noisy, ...], ...]


def estimate(noised: Noised, layout: Layout) -> Estimated:
    """Return the table of a noisy vector: first a row for all data, then one per group.

    Each interval covers, in 95 of 100 draws of the noise, the exact figure of the bounded driver
    table (each driver weighs the same, means clamped): it tells the error that privacy adds, not
    how far this cohort may be from drivers elsewhere. Groups whose noisy count is below min_cohort,
    or too noisy to divide by, are held back. Values of groups are drawn towards the row for all
    data; intervals are not.
    """
    query = layout.query
    groups = [ALL, *range(len(query.groups))]
    blocks = [_block(noised, layout, group) for group in groups]
    shown = [block for block in blocks if _held_back(block, query) is None]
    estimates = _estimates(shown, query)
    rows = [_row(block, query, estimates.get(block.group)) for block in blocks]
    return Estimated(
        frame=pl.DataFrame(rows, schema=dict(_schema(query)), orient="row"),
        cohort_noised=_whole(blocks[0].count.value),
        columns=[column for column, _ in _columns(query)],
    )


def _block(noised: Noised, layout: Layout, group: int) -> _Block:
    units = [weight * RESOLUTION for weight in layout.weights_at(group)]
    values = noised.values[layout.block(group)]
    noisy = [
        Noisy(value=value / unit, sd=noised.scale / unit)
        for value, unit in zip(values, units, strict=True)
    ]
    means = len(layout.query.means)
    bins, start = [], 1 + means
    for histogram in layout.query.histograms:
        bins.append(tuple(noisy[start : start + histogram.bins]))
        start += histogram.bins
    return _Block(group=group, count=noisy[0], means=tuple(noisy[1 : 1 + means]), bins=tuple(bins))


def _held_back(block: _Block, query: Query) -> str | None:
    if block.count.value < query.min_cohort:
        return MIN_COHORT
    return None if intervals.may_divide_by(block.count) else TOO_NOISY


def _estimates(shown: Sequence[_Block], query: Query) -> dict[int, list[Estimate]]:
    """The estimates of each block that is shown: means in their unit, then shares."""
    found: dict[int, list[Estimate]] = {block.group: [] for block in shown}
    for index, mean in enumerate(query.means):
        ratios = [intervals.ratio(b.means[index], b.count, least=-1.0, most=1.0) for b in shown]
        for block, one in zip(shown, _drawn(shown, ratios), strict=True):
            found[block.group].append(one.scaled(mean.half, mean.centre))
    for index, histogram in enumerate(query.histograms):
        by_bin = [_bin_ratios(shown, index, place) for place in range(histogram.bins)]
        for position, block in enumerate(shown):
            found[block.group] += intervals.as_shares([bin_[position] for bin_ in by_bin])
    return found


def _bin_ratios(shown: Sequence[_Block], index: int, place: int) -> list[Estimate]:
    ratios = [intervals.ratio(b.bins[index][place], b.count, least=0.0, most=1.0) for b in shown]
    return _drawn(shown, ratios)


def _drawn(shown: Sequence[_Block], ratios: Sequence[Estimate]) -> list[Estimate]:
    """Draw the groups towards the level of all data, when that is shown."""
    if not shown or shown[0].group != ALL:
        return list(ratios)
    return [ratios[0], *intervals.shrunk(ratios[1:], towards=ratios[0].value)]


def _row(block: _Block, query: Query, estimates: Sequence[Estimate] | None) -> list[Cell]:
    is_all = block.group == ALL
    keys = (None,) * len(query.group_by) if is_all else query.groups[block.group]
    reach = intervals.Z_95 * block.count.sd
    count = block.count.value
    numbers: list[Cell]
    if estimates is None:
        numbers = [None] * (3 * (query.block_cells - 1))
    else:
        numbers = [round(n, _DECIMALS) for e in estimates for n in (e.value, e.low, e.high)]
    counts: list[Cell] = [_whole(count), _whole(count - reach), _whole(count + reach)]
    return ["all" if is_all else "group", *keys, *counts, *numbers, _held_back(block, query)]


def _whole(value: float) -> int:
    return max(round(value), 0)


def _schema(query: Query) -> Iterator[tuple[str, type[pl.DataType]]]:
    for column, kind in _columns(query):
        yield column["name"], kind


def _columns(query: Query) -> Iterator[tuple[dict[str, str], type[pl.DataType]]]:
    about = "`all`: every driver in the release; `group`: one group"
    yield _column(LEVEL, "", about), pl.String
    for key in query.group_by:
        yield _column(key.key, "", "Group, from the public list of the question"), pl.String
    for column in _with_interval(DRIVERS, "drivers", "Drivers, with noise"):
        yield column, pl.Int64
    for name, unit, text in _figures(query):
        for column in _with_interval(name, unit, text):
            yield column, pl.Float64
    about = "Why figures are missing: `min_cohort` or `too_noisy`"
    yield _column(HELD_BACK, "", about), pl.String


def _figures(query: Query) -> Iterator[tuple[str, str, str]]:
    for mean in query.means:
        text = f"Mean over drivers of their own mean, clamped to {mean.low}..{mean.high}"
        yield mean.name, mean.signal.unit, text
    for histogram in query.histograms:
        for name, label in zip(histogram.column_names, histogram.labels, strict=True):
            text = f"Mean over drivers of their own share in {label} {histogram.signal.unit}"
            yield name, "share", text


def _with_interval(name: str, unit: str, text: str) -> Iterator[dict[str, str]]:
    yield _column(name, unit, text)
    for suffix, end in zip(INTERVAL_SUFFIXES, ("lower", "upper"), strict=True):
        yield _column(name + suffix, unit, f"{text}: {end} end of the 95% interval of the noise")


def _column(name: str, unit: str, description: str) -> dict[str, str]:
    return {"name": name, "unit": unit, "description": description}

"""Expected 95% half widths of figures, from the question and group sizes alone.

They are not formulas of their own: noise is drawn about the cells that a group is likely to hold
(`likely`), and read by what reads releases; what is told is the middle of the widths that come out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from anonymize.domain import (
    cells,
    drawing,
    figures,
    hierarchy,
    imagined,
    intervals,
    likely,
    places,
    splitting,
)
from anonymize.domain.accounting import scale_of
from anonymize.domain.bounds import Z_95
from anonymize.domain.contributions import ALL, CROSS, FIRST
from anonymize.domain.intervals import Counted, Noisy
from anonymize.domain.measured import Measured, read
from anonymize.domain.mechanisms import Noised
from anonymize.domain.parts import Part
from anonymize.domain.prefix import Floats
from anonymize.domain.questions import Query
from anonymize.domain.statistics import CDF_BINS, Count, Histogram, Mean, Quantiles, Rate, Sum

_DRAWS = 200
_SEED = 22
_IMAGINED = 1_000
_IMAGINED_TIMES = 3


@dataclass(frozen=True)
class Expected:
    """A part as it will be bought, and its noise per cell, in drivers; the same of its count."""

    part: Part
    sd: float
    count_sd: float


Plan = Mapping[tuple[int | None, int], Expected]


def expected(query: Query, drivers: int) -> Plan:
    """Return every part that a release over so many drivers will show, with its noise."""
    shown = splitting.shown_levels(query)
    found = {key: one for key, one in _parts(query, max(drivers, 1)).items() if key[1] in shown}
    counts = _counts(
        query, {level: sd for (index, level), (_, sd) in found.items() if index is None}
    )
    return {
        (index, level): Expected(part, counts[level] if index is None else sd, counts[level])
        for (index, level), (part, sd) in found.items()
    }


def even_sizes(query: Query, drivers: int) -> dict[int, int]:
    """Return how many drivers a group of each level holds when they spread evenly."""
    levels = splitting.levels_of(query)
    shown = splitting.shown_levels(query)
    return {at: drivers * levels[at][1] // levels[at][0] for at in shown}


def of_drivers(plan: Plan, level: int) -> float:
    """Return the half width of the number of drivers."""
    return Z_95 * plan[None, level].sd


def of_figures(one: Expected, drivers: int, *, at_most: bool = False) -> list[float]:
    """Return the half width of each column of a statistic in a group of so many drivers.

    at_most: where the figure is hard to tell, and nothing narrower than the public range is bought.
    """
    part = _about_one(one.part)
    size = max(drivers, 1)
    if at_most:
        found = [_halves(part, one, size, held) for held in likely.worst_of(part)]
        return [max(halves) * _widest(part) for halves in zip(*found, strict=True)]
    return _halves(part, one, size, likely.cells_of(part))


def span(part: Part, drivers: int) -> float:
    """Return the whole range of a figure, in its unit."""
    one = part.statistic
    if isinstance(one, Sum | Count):
        return one.clamp.reach * max(drivers, 1)
    if isinstance(one, Rate):
        return one.clamp.reach / one.per_clamp.reach * float(one.amount)
    if part.shape == "moments":
        return part.half**2
    return 1.0 if isinstance(one, Histogram) else 2 * part.half


def _parts(query: Query, drivers: int) -> dict[tuple[int | None, int], tuple[Part, float]]:
    """Return each part with the noise of its cells; where ranges are bought, as they likely are."""
    if any(mean.is_bought for mean in query.means):
        return _bought(query, drivers)
    layout = cells.layout_of(query)
    scale = scale_of(sensitivity=layout.sensitivity, rho_micro=query.rho_micro)
    blank = Noised((0,) * layout.size, scale, query.rho_micro)
    return {(one.part.index, one.part.level): (one.part, one.sd) for one in read(blank, layout)}


@lru_cache(maxsize=64)
def _bought(query: Query, drivers: int) -> dict[tuple[int | None, int], tuple[Part, float]]:
    """Return the parts of a release over an imagined cohort: the middle one of a few.

    A smaller cohort with noise that is as much smaller stands for a large one.
    """
    size = min(drivers, _IMAGINED)
    levels = cells.levels_of(imagined.bounded(query, size))
    numbers = np.random.default_rng(_SEED)

    def noise(vector: list[int], *, sensitivity: float, rho_micro: int) -> Noised:
        scale = scale_of(sensitivity=sensitivity, rho_micro=rho_micro)
        drawn = numbers.normal(0, scale * size / drivers, len(vector))
        values = np.rint(np.array(vector) + drawn).astype(np.int64)
        return Noised(tuple(values.tolist()), scale, rho_micro)

    runs = [drawing.Run(levels, query, noise) for _ in range(_IMAGINED_TIMES)]
    for run in runs:
        drawing.buy_ranges(run)
    return {key: _middle([run.found[key] for run in runs]) for key in runs[0].found}


def _middle(found: list[Measured]) -> tuple[Part, float]:
    one = sorted(found, key=lambda each: each.part.half)[len(found) // 2]
    return one.part, one.sd


def _counts(query: Query, sds: Mapping[int, float]) -> dict[int, float]:
    """Return the noise of the numbers of drivers, where levels are made to agree (estimates)."""
    levels, told = splitting.levels_of(query), dict(sds)
    below = FIRST if FIRST in told else CROSS
    if below in told and levels[below][1] == 1:
        groups = Noisy(np.zeros(levels[below][0]), told[below])
        whole, each = hierarchy.agree(Noisy(np.zeros(1), told[ALL]), groups)
        told |= {ALL: float(whole.sd), below: float(each.sd)}
    return told


def _about_one(part: Part) -> Part:
    """Return a part of many groups as that of one group, drawn many times."""
    return replace(part, groups=_DRAWS, centre=(float(np.mean(part.centre)),))


def _widest(part: Part) -> float:
    """Return how much wider than the range at hand the public one is."""
    mean = part.statistic
    return mean.clamp.half / part.half if isinstance(mean, Mean) else 1.0


def _halves(part: Part, noise: Expected, drivers: int, held: Floats) -> list[float]:
    """Return the middle half width over draws of the noise; half the range where none is told.

    held: what each cell holds per driver.
    """
    normals = _normals(part.width + 1)
    one = Measured(part, held * drivers + noise.sd * normals[:, 1:], noise.sd)
    count = intervals.counted(Noisy(drivers + noise.count_sd * normals[:, 0], noise.count_sd))
    if isinstance(part.statistic, Quantiles):
        return [_of_quantile(one, count, float(at), held, drivers) for at in part.statistic.at]
    is_told = count.may_divide
    if 2 * is_told.sum() < _DRAWS and not isinstance(part.statistic, Sum | Count):
        return [_nothing(part, drivers)] * len(_columns(part))
    shown = is_told if is_told.any() else ~is_told
    ends = figures.figures_of(one, count)
    halves = [float(np.median((each.high - each.low)[shown])) / 2 for each in ends]
    return [half if np.isfinite(half) else _nothing(part, drivers) for half in halves]


def _nothing(part: Part, drivers: int) -> float:
    """Return what is promised where nothing is told: half the range, all of a rate's."""
    return span(part, drivers) / (1 if isinstance(part.statistic, Rate) else 2)


def _columns(part: Part) -> tuple[str, ...]:
    return () if part.statistic is None else part.statistic.column_names


def _of_quantile(one: Measured, count: Counted, at: float, held: Floats, drivers: int) -> float:
    """Return the middle half width of one quantile, in the unit of its range."""
    true = intervals.counted(Noisy(np.array([float(drivers)]), count.sd))
    line = intervals.running(Noisy(held[None] * drivers, one.sd), true, at)
    critical = places.critical(line.gap, one.sd, at, np.array([float(count.sd)]))
    drawn = intervals.running(Noisy(one.values, one.sd), count, at)
    low, high = places.ends(drawn.gap, drawn.sd, np.repeat(critical, _DRAWS))
    return float(np.median(high - low)) / 2 * (2 * one.part.half / CDF_BINS)


@lru_cache(maxsize=64)
def _normals(columns: int) -> Floats:
    return np.random.default_rng(_SEED).normal(size=(_DRAWS, columns))

"""The figures of one statistic at one level, from its noisy cells and the number of drivers."""

from collections.abc import Callable, Mapping
from math import inf

import numpy as np

from anonymize.domain import intervals
from anonymize.domain.intervals import Counted, Estimate, Noisy
from anonymize.domain.measured import Measured
from anonymize.domain.prefix import Floats
from anonymize.domain.statistics import CDF_BINS, Count, Quantiles, Rate, Sum

Figures = list[Estimate]


def figures_of(one: Measured, count: Counted) -> Figures:
    """Return one estimate per column of the statistic, each over all groups of the level."""
    return _SHAPES[one.part.shape](one, count)


def _noisy(one: Measured, column: int = 0) -> Noisy:
    return Noisy(one.values[:, column], one.sd)


def _centre(one: Measured) -> Floats:
    return np.array(one.part.centre)


def _mean(one: Measured, count: Counted) -> Figures:
    share = intervals.ratio(_noisy(one), count, least=-1.0, most=1.0)
    return [share.scaled(one.part.half, _centre(one))]


def _variance(one: Measured, count: Counted) -> Figures:
    gap = intervals.moment_gap(_noisy(one, 0), _noisy(one, 1), count)
    return [gap.scaled(one.part.half**2)]


def _total(one: Measured, _count: Counted) -> Figures:
    statistic = one.part.statistic
    if not isinstance(statistic, Count | Sum):
        raise TypeError("only sums and counts have a total")
    least = 0.0 if statistic.clamp.low >= 0 else -inf
    return [intervals.bounded(_noisy(one), least=least, most=inf).scaled(statistic.clamp.reach)]


def _rate(one: Measured, _count: Counted) -> Figures:
    rate = one.part.statistic
    if not isinstance(rate, Rate):
        raise TypeError("only a rate has two totals")
    per = intervals.counted(_noisy(one, 1))
    share = intervals.ratio(_noisy(one, 0), per, least=0.0, most=inf)
    return [share.scaled(rate.clamp.reach / rate.per_clamp.reach * float(rate.amount))]


def _shares(one: Measured, count: Counted) -> Figures:
    bins = range(one.part.width)
    return [intervals.ratio(_noisy(one, b), count, least=0.0, most=1.0) for b in bins]


def _quantiles(one: Measured, count: Counted) -> Figures:
    asked = one.part.statistic
    if not isinstance(asked, Quantiles):
        raise TypeError("only quantiles are read from running totals")
    cells, step = Noisy(one.values, one.sd), 2 * one.part.half / CDF_BINS
    low = float(asked.clamp.low)
    return [intervals.quantile(cells, count, float(at)).scaled(step, low) for at in asked.at]


def rising(quantiles: list[Floats]) -> list[Floats]:
    """Return the values of ascending quantiles, made to ascend."""
    return list(np.maximum.accumulate(np.array(quantiles), axis=0))


def summing_to_one(shares: list[Floats]) -> list[Floats]:
    """Return the values of a histogram, made non-negative and summing to one."""
    values = np.maximum(np.array(shares), 0.0)
    totals = values.sum(axis=0)
    even = np.full_like(values, 1 / len(values))
    return list(np.where(totals > 0, values / np.where(totals > 0, totals, 1.0), even))


_SHAPES: Mapping[str, Callable[[Measured, Counted], Figures]] = {
    "value": _mean,
    "moments": _variance,
    "total": _total,
    "ratio": _rate,
    "shares": _shares,
    "cdf": _quantiles,
}

"""What the cells of one group are likely to hold, from what a question expects of drivers."""

from collections.abc import Callable, Mapping
from decimal import Decimal

import numpy as np

from anonymize.domain import bells, prefix
from anonymize.domain.bells import Bell, bell_of
from anonymize.domain.contributions import ALL, CROSS
from anonymize.domain.parts import Part
from anonymize.domain.prefix import Floats
from anonymize.domain.statistics import (
    CDF_BINS,
    Clamp,
    Count,
    Expected,
    Histogram,
    Mean,
    Quantiles,
    Rate,
    Sum,
    Variance,
)

_FROM_MIDDLE = 0.5
"""Where a mean is taken to lie when nothing is told: half way from the middle to an end."""

_FROM_BOUGHT = {ALL: 0.0, CROSS: 0.05}
_FROM_BOUGHT_FIRST = 0.2
"""The same about a middle that was bought, in halves of the bought range."""

_WORST_SHARE = 0.5
_WORST_VARIANCE = (0.6, 0.6)
_NEAR_THE_END = 0.9
_NARROW = 0.05
_LITTLE = 0.25


def cells_of(part: Part) -> Floats:
    """Return what each cell holds per driver, in drivers, before the noise."""
    return _SHAPES[part.shape](part)


def worst_of(part: Part) -> list[Floats]:
    """Return the same where figures are hard to tell: one of these is about the hardest."""
    one = part.statistic
    if part.shape == "value":
        return [np.array([_NEAR_THE_END])]
    if part.shape == "moments":
        return [_moments_of(*_WORST_VARIANCE)]
    if part.shape == "shares":
        return [np.full(part.width, _WORST_SHARE)]
    if isinstance(one, Rate):
        return [_worst_ratio(one)]
    if part.shape == "cdf":
        edges = np.linspace(0, 1, CDF_BINS + 1)
        ends = (1 - _NEAR_THE_END, _NEAR_THE_END)
        narrow = (_in_bins(edges, bells.even(middle, _NARROW)) for middle in ends)
        return [np.asarray(prefix.factor(CDF_BINS) @ held) for held in (np.diff(edges), *narrow)]
    return [cells_of(part)]


def _worst_ratio(one: Rate) -> Floats:
    """Much of what is counted over little: the ends of what is expected."""
    per = _LITTLE if one.per_expected is None else one.per_expected.low / one.per_clamp.high
    own = per if one.expected is None else one.expected.high / one.clamp.high
    found: Floats = np.clip(np.array([own, per], dtype=float), 0.0, 1.0)
    return found


def _bell_of(part: Part, expected: Expected | None, clamp: Clamp) -> Bell:
    """Return how drivers' values spread: in groups as far as is told."""
    bell = bell_of(expected, clamp)
    if part.level == ALL or expected is None or expected.within is None:
        return bell
    return bell.narrowed(float(expected.within))


def _value(part: Part) -> Floats:
    mean = part.statistic
    if not isinstance(mean, Mean):
        raise TypeError("only a mean has one value")
    if mean.is_bought:
        return np.array([_FROM_BOUGHT.get(part.level, _FROM_BOUGHT_FIRST)])
    if mean.expected is None:
        return np.array([_FROM_MIDDLE])
    middle, _ = _clamped(bell_of(mean.expected, mean.clamp), mean.clamp)
    return np.array([(middle - mean.clamp.centre) / mean.clamp.half])


def _moments(part: Part) -> Floats:
    one = part.statistic
    if not isinstance(one, Variance):
        raise TypeError("only a variance has moments")
    middle, sd = _clamped(_bell_of(part, one.expected, one.clamp), one.clamp)
    away = (middle - one.clamp.centre) / part.half
    return _moments_of(_FROM_MIDDLE / 2 if one.expected is None else away, sd / part.half)


def _moments_of(mean: float, sd: float) -> Floats:
    return np.array([mean, 2 * (mean**2 + sd**2) - 1])


def _total(part: Part) -> Floats:
    one = part.statistic
    if not isinstance(one, Count | Sum):
        raise TypeError("only sums and counts have a total")
    return np.array([_part_of(one.expected, one.clamp)])


def _ratio(part: Part) -> Floats:
    one = part.statistic
    if not isinstance(one, Rate):
        raise TypeError("only a rate has two totals")
    per = _part_of(one.per_expected, one.per_clamp)
    own = _part_of(one.expected, one.clamp)
    return np.array([own if one.expected else own * per, per])


def _part_of(expected: Expected | None, clamp: Clamp) -> float:
    """Where totals are taken to lie, as a part of the largest: half of it when not told."""
    if expected is None:
        return _FROM_MIDDLE
    mean, _ = _clamped(bell_of(expected, clamp), clamp)
    return mean / clamp.reach


def _clamped(bell: Bell, clamp: Clamp) -> tuple[float, float]:
    return bell.clamped(float(clamp.low), float(clamp.high))


def _shares(part: Part) -> Floats:
    one = part.statistic
    if not isinstance(one, Histogram):
        raise TypeError("only a histogram has shares")
    if one.expected is None:
        return np.full(one.bins, 1 / one.bins)
    whole = Clamp(one.edges[0], one.edges[-1])
    return _in_bins(one.edges, bell_of(one.expected, whole))


def _cdf(part: Part) -> Floats:
    one = part.statistic
    if not isinstance(one, Quantiles):
        raise TypeError("only quantiles are read from running totals")
    low, high = float(one.clamp.low), float(one.clamp.high)
    edges = np.linspace(low, high, CDF_BINS + 1)
    bell = _bell_of(part, one.expected, one.clamp)
    return np.asarray(prefix.factor(CDF_BINS) @ _in_bins(edges, bell))


def _in_bins(edges: Floats | tuple[Decimal, ...], bell: Bell) -> Floats:
    """Return the part of a bell in each bin; the end bins take what lies outside."""
    running = bell.below(np.array(edges, dtype=float))
    running[0], running[-1] = 0.0, 1.0
    found: Floats = np.diff(running)
    return found


_SHAPES: Mapping[str, Callable[[Part], Floats]] = {
    "value": _value,
    "moments": _moments,
    "total": _total,
    "ratio": _ratio,
    "shares": _shares,
    "cdf": _cdf,
}

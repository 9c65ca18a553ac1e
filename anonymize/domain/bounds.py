"""Ends of 95% intervals for ratios that are known to lie within bounds, for every true ratio."""

import numpy as np
from scipy.special import ndtri

from anonymize.domain import crossings
from anonymize.domain.prefix import Floats

MISSES = 0.05
"""How often an interval may miss."""

Z_95 = 1.959963984540054
"""Standard normal quantile of a two-sided 95% interval."""

_PLACES = 64
_FURTHEST_SD = 38.0


def ends(
    total: Floats, total_sd: Floats, count: Floats, count_sd: Floats, *, least: float, most: float
) -> tuple[Floats, Floats]:
    """Return the ends of all ratios t for which total - t * count may well have mean zero.

    total, count: noisy, with independent normal noise of these standard deviations; count above
    1.96 of its own. For the true t the difference is exactly normal with variance
    total_sd^2 + t^2 count_sd^2, so a set of all t that each pass a test which errs in 5 of 100
    draws covers the truth in 95. Near a bound the truth can be missed from one side alone; there
    the other side gets all 5 of 100 (`_tails`), so no truth is covered more often, and an interval
    never shrinks to its bound.
    """
    middle, reach = _fieller(total, total_sd, count, count_sd)
    tried = places_about(middle, reach, least=least, most=most)
    sd = np.sqrt(total_sd[:, None] ** 2 + (tried * count_sd[:, None]) ** 2)
    surplus = (total[:, None] - tried * count[:, None]) / sd
    return standing(tried, surplus, sd / count[:, None], least=least, most=most)


def places_about(middle: Floats, reach: Floats, *, least: float, most: float) -> Floats:
    """Return evenly spaced numbers within least..most, one line per row, wider than any interval.

    middle, reach: of the interval that knows no bounds.
    """
    start = np.clip(np.minimum(middle - 2 * reach, most - 4 * reach), least, most)
    stop = np.clip(np.maximum(middle + 2 * reach, least + 4 * reach), least, most)
    return np.linspace(start, stop, _PLACES, axis=1)


def standing(
    tried: Floats, surplus: Floats, unit: Floats, *, least: float, most: float
) -> tuple[Floats, Floats]:
    """Return the first and the last of the numbers tried that a test leaves standing.

    surplus: how far what was measured is above what each would make likely, in standard deviations;
    unit: such a standard deviation, on the scale of the numbers.
    """
    too_low, too_high = _tails((tried - least) / unit, (most - tried) / unit)
    step = tried[:, 1] - tried[:, 0]
    low = crossings.first_above(too_high - surplus)
    high = crossings.last_below(-too_low - surplus)
    first, last = (np.clip(tried[:, 0] + step * place, least, most) for place in (low, high))
    return first, last


def _fieller(
    total: Floats, total_sd: Floats, count: Floats, count_sd: Floats
) -> tuple[Floats, Floats]:
    """Return the middle and half of the interval that knows no bounds."""
    rest = count**2 - (Z_95 * count_sd) ** 2
    spread = (total_sd * count) ** 2 + (count_sd * total) ** 2 - (Z_95 * total_sd * count_sd) ** 2
    return total * count / rest, Z_95 * np.sqrt(spread) / rest


def _tails(above_least: Floats, below_most: Floats) -> tuple[Floats, Floats]:
    """Return how far a number may be too low and too high, in standard deviations.

    Half of the misses on either side, and none on the side of a bound that is near: any split by
    the true ratio alone keeps the sum.
    """
    near_least, near_most = (np.exp(-(gap**2)) for gap in (above_least, below_most))
    too_low = MISSES / 2 * (1 - near_least + near_most)
    found = (-ndtri(np.clip(share, 0.0, MISSES)) for share in (too_low, MISSES - too_low))
    low, high = (np.minimum(one, _FURTHEST_SD) for one in found)
    return low, high

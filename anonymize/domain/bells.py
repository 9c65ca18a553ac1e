"""Values that spread like a bell, even or not, from what a question expects of drivers."""

from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.special import ndtr, ndtri

from anonymize.domain.prefix import Floats
from anonymize.domain.statistics import Clamp, Expected

_SD = 1.959963984540054
"""Standard deviations of a bell from its middle to the end of 95 of 100."""

_SCORES = np.linspace(-6.0, 6.0, 601)
_EVEN = ndtri((np.arange(2_000) + 0.5) / 2_000)
_STRAIGHT = 1e-6
"""A skew so small is none."""


@dataclass(frozen=True)
class Bell:
    """Values by their normal scores, ascending: one for each of an even grid of scores."""

    middle: float
    values: Floats

    def narrowed(self, part: float) -> "Bell":
        """Return the same about the same middle, this part as wide."""
        return Bell(self.middle, self.middle + part * (self.values - self.middle))

    def at(self, score: Floats) -> Floats:
        """Return the values at normal scores."""
        return np.asarray(np.interp(score, _SCORES, self.values))

    def below(self, values: Floats) -> Floats:
        """Return the share that lies below each value."""
        return np.asarray(ndtr(np.interp(values, self.values, _SCORES)))

    def clamped(self, low: float, high: float) -> tuple[float, float]:
        """Return the mean and the standard deviation of values that are moved into low..high."""
        values = np.clip(self.at(_EVEN), low, high)
        return float(values.mean()), float(values.std())


def even(middle: float, sd: float) -> Bell:
    """Return the bell of a normal law."""
    return Bell(middle, middle + sd * _SCORES)


def bell_of(expected: Expected | None, clamp: Clamp) -> Bell:
    """Return the bell that is expected: through its ends, its middle and its quarters when told.

    Where nothing is told it is even, over the middle half of the range.
    """
    if expected is None:
        return even(clamp.centre, clamp.half / 2 / _SD)
    low, high = float(expected.low), float(expected.high)
    if not expected.inner:
        return even((low + high) / 2, (high - low) / 2 / _SD)
    inner = [float(one) for one in expected.inner]
    if len(inner) == 1:
        return _skewed(low, inner[0], high)
    return Bell(inner[1], _through(np.array([low, *inner, high])))


def rest_of(part: float) -> float:
    """Return how wide what is between groups is, where this part of the whole is within them."""
    return sqrt(max(1 - part**2, 0.0))


def _skewed(low: float, middle: float, high: float) -> Bell:
    """Values of which a logarithm spreads evenly: middle + scale * (exp(skew * score) - 1)."""
    skew = log((high - middle) / (middle - low)) / _SD
    if abs(skew) < _STRAIGHT:
        return even(middle, (high - low) / 2 / _SD)
    scale = (high - middle) / np.expm1(skew * _SD)
    return Bell(middle, middle + scale * np.expm1(skew * _SCORES))


def _through(told: Floats) -> Floats:
    """Values that ascend smoothly through ends, quarters and middle, and straight beyond."""
    knots = np.array([-_SD, ndtri(0.25), 0.0, ndtri(0.75), _SD])
    smooth = PchipInterpolator(knots, told)
    inside = smooth(np.clip(_SCORES, -_SD, _SD))
    ends = np.diff(told)[[0, -1]] / np.diff(knots)[[0, -1]]
    beyond = np.minimum(_SCORES + _SD, 0) * ends[0] + np.maximum(_SCORES - _SD, 0) * ends[1]
    return np.asarray(inside + beyond)

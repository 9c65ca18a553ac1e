"""Ratios of two noisy numbers, with intervals that hold whatever the true ratio is."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

Z_95 = 1.959963984540054
"""Standard normal quantile of a two-sided 95% interval."""

_LEAST_GROUPS_TO_SHRINK = 3


@dataclass(frozen=True)
class Noisy:
    """A number with Gaussian noise of known standard deviation."""

    value: float
    sd: float


@dataclass(frozen=True)
class Estimate:
    """A ratio, the ends of its 95% interval, and the standard deviation of its noise."""

    value: float
    low: float
    high: float
    sd: float

    def scaled(self, factor: float, offset: float) -> "Estimate":
        """Return the estimate in another unit: value * factor + offset (factor above zero)."""
        return Estimate(
            value=self.value * factor + offset,
            low=self.low * factor + offset,
            high=self.high * factor + offset,
            sd=self.sd * factor,
        )


def may_divide_by(count: Noisy) -> bool:
    """Whether a ratio over this count has a bounded 95% interval."""
    return count.value > Z_95 * count.sd


def ratio(total: Noisy, count: Noisy, *, least: float, most: float) -> Estimate:
    """Return total / count, which is known to lie within least..most, with its 95% interval.

    Fieller: for the true ratio t, total - t * count is exactly normal with variance
    sd_total^2 + t^2 sd_count^2, so the set of all t for which it lies within 1.96 of its standard
    deviations covers the truth in 95 of 100 draws of the noise. The set is an interval when
    may_divide_by(count); cutting it to least..most loses no truth.
    """
    denominator = count.value**2 - (Z_95 * count.sd) ** 2
    middle = total.value * count.value / denominator
    spread = (total.sd * count.value) ** 2 + (count.sd * total.value) ** 2
    reach = Z_95 * sqrt(spread - (Z_95 * total.sd * count.sd) ** 2) / denominator
    value = _within(total.value / count.value, least, most)
    return Estimate(
        value=value,
        low=_within(middle - reach, least, most),
        high=_within(middle + reach, least, most),
        sd=sqrt(total.sd**2 + (value * count.sd) ** 2) / count.value,
    )


def shrunk(estimates: Sequence[Estimate], towards: float) -> list[Estimate]:
    """Return the estimates with their values drawn towards a common one; the intervals stay.

    Empirical Bayes: each value moves by the noise's part in its own spread about the common value,
    where the true spread between groups is what the noise does not explain; no value moves by
    more than one standard deviation of its noise (Efron and Morris, limited translation), so it
    stays within its interval. Fewer than three estimates are left alone.
    """
    if len(estimates) < _LEAST_GROUPS_TO_SHRINK:
        return list(estimates)
    values = np.array([estimate.value for estimate in estimates])
    variances = np.array([estimate.sd**2 for estimate in estimates])
    weights = 1 / variances
    unexplained = weights @ ((values - towards) ** 2 - variances) / weights.sum()
    part = variances / (variances + max(float(unexplained), 0.0))
    sds = np.sqrt(variances)
    moved = values - np.clip(part * (values - towards), -sds, sds)
    return [_moved(one, float(value)) for one, value in zip(estimates, moved, strict=True)]


def as_shares(estimates: Sequence[Estimate]) -> list[Estimate]:
    """Return the shares of one group with values made non-negative and summing to one."""
    values = [max(estimate.value, 0.0) for estimate in estimates]
    total = sum(values)
    if total <= 0:
        values, total = [1.0] * len(values), float(len(values))
    return [_moved(one, value / total) for one, value in zip(estimates, values, strict=True)]


def _moved(estimate: Estimate, value: float) -> Estimate:
    """Move the value; the interval only ever grows to hold it."""
    low, high = min(estimate.low, value), max(estimate.high, value)
    return Estimate(value=value, low=low, high=high, sd=estimate.sd)


def _within(value: float, least: float, most: float) -> float:
    return min(max(value, least), most)

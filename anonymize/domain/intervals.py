"""Figures from noisy numbers, with 95% intervals of the noise."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from anonymize.domain import prefix
from anonymize.domain.prefix import Floats

Flags = NDArray[np.bool_]

Z_95 = 1.959963984540054
"""Standard normal quantile of a two-sided 95% interval."""

Z_90 = 1.6448536269514722
"""The same of a one-sided one."""


@dataclass(frozen=True)
class Noisy:
    """Numbers with independent Gaussian noise of known standard deviation."""

    value: Floats
    sd: Floats | float


@dataclass(frozen=True)
class Counted(Noisy):
    """Noisy numbers of drivers. size: the best guess of them, from all levels and groups."""

    size: Floats

    @property
    def may_divide(self) -> Flags:
        """Where a ratio over this count has a bounded 95% interval."""
        found: Flags = self.value > Z_95 * self.sd
        return found


@dataclass(frozen=True)
class Estimate:
    """Figures, the ends of their 95% intervals, and the standard deviations of their noise."""

    value: Floats
    low: Floats
    high: Floats
    sd: Floats

    def scaled(self, factor: float, offset: Floats | float = 0.0) -> "Estimate":
        """Return the figures in another unit: value * factor + offset (factor above zero)."""
        return Estimate(
            value=self.value * factor + offset,
            low=self.low * factor + offset,
            high=self.high * factor + offset,
            sd=self.sd * factor,
        )

    def with_values(self, value: Floats) -> "Estimate":
        """Return other figures; an interval only ever grows to hold its own."""
        low, high = np.minimum(self.low, value), np.maximum(self.high, value)
        return Estimate(value=value, low=low, high=high, sd=self.sd)


def counted(count: Noisy) -> Counted:
    """Return a count whose best guess is itself."""
    return Counted(count.value, count.sd, count.value)


def ratio(total: Noisy, count: Counted, *, least: float, most: float) -> Estimate:
    """Return total / count, which is known to lie within least..most, with its 95% interval.

    Fieller: for the true ratio t, total - t * count is exactly normal with variance
    sd_total^2 + t^2 sd_count^2, so the set of all t for which it lies within 1.96 of its standard
    deviations covers the truth in 95 of 100 draws of the noise. The set is an interval where
    count.may_divide; elsewhere all of least..most is told. Cutting to least..most loses no truth.
    The figure itself is taken over the best guess of the count.
    """
    n = np.where(count.may_divide, count.value, np.nan)
    denominator = n**2 - (Z_95 * count.sd) ** 2
    middle = total.value * n / denominator
    spread = (total.sd * n) ** 2 + (count.sd * total.value) ** 2
    reach = Z_95 * np.sqrt(spread - (Z_95 * total.sd * count.sd) ** 2) / denominator
    size = np.maximum(count.size, 1.0)
    value = np.clip(total.value / size, least, most)
    low = np.clip(np.nan_to_num(middle - reach, nan=least), least, most)
    high = np.clip(np.nan_to_num(middle + reach, nan=most), least, most)
    return Estimate(value, low, high, _spread(value, total, count, size)).with_values(value)


def _spread(value: Floats, total: Noisy, count: Counted, size: Floats) -> Floats:
    """Return the noise of each ratio.

    How large ratios are is taken from all of them: a single one is large by its own noise as well,
    and would seem the noisier for it.
    """
    own = np.asarray(total.sd) / size
    typical = max(float(np.mean(value**2 - np.minimum(own, 1.0) ** 2)), 0.0)
    found: Floats = np.sqrt(own**2 + typical * (np.asarray(count.sd) / size) ** 2)
    return found


def moment_gap(first: Noisy, second: Noisy, count: Counted) -> Estimate:
    """Return the variance of values in -1..1 from sums of x and of 2x^2 - 1.

    The interval comes from the slopes of (second/n + 1)/2 - (first/n)^2 in its three numbers; the
    square's own bias, the variance of the noise in first/n, is taken off.
    """
    n = np.where(count.may_divide, count.value, np.nan)
    mean, square = first.value / n, second.value / n
    bias = (first.sd / n) ** 2 + (mean * count.sd / n) ** 2
    raw = (square + 1) / 2 - mean**2 + bias
    by_count = (2 * mean**2 - square / 2) * count.sd
    variance = (second.sd / 2) ** 2 + (2 * mean * first.sd) ** 2 + by_count**2
    curved = 2 * (first.sd / n) ** 4
    sd = np.sqrt(variance / n**2 + curved)
    value = np.clip(raw, 0.0, 1.0)
    low = np.clip(np.nan_to_num(raw - Z_95 * sd, nan=0.0), 0.0, 1.0)
    high = np.clip(np.nan_to_num(raw + Z_95 * sd, nan=1.0), 0.0, 1.0)
    return Estimate(np.nan_to_num(value, nan=0.5), low, high, np.nan_to_num(sd, nan=0.5))


def quantile(cells: Noisy, count: Counted, at: float) -> Estimate:
    """Return where a share `at` of drivers lies below, in bins from the lower end of the range.

    cells: one line per group, through the factor of prefix sums. The figure is read off the
    running totals over the bins, straight within a bin. At the true place q, total(q) - at * count
    is normal with known variance and mean zero, so the places at which it lies within 1.96 of its
    standard deviations cover q in 95 of 100 draws; the interval is their hull, first to last.
    Where the noise could not tell the lower end of the range from the quantile (so few drivers lie
    below), the interval begins at that end and the other side alone is tested, at 95 of 100; so
    above.
    """
    bins = cells.value.shape[1]
    start = np.zeros((len(cells.value), 1))
    totals = np.concatenate([start, cells.value @ prefix.decoder(bins).T], axis=1)
    gap = totals - at * count.value[:, None]
    own = np.concatenate([[0.0], prefix.spread(bins) * cells.sd])
    sd = np.sqrt(own**2 + (at * np.asarray(count.sd).reshape(-1, 1)) ** 2)
    best = totals - at * count.size[:, None]
    rising = np.array([isotonic_regression(line).x for line in best])
    is_open_below = at * count.size[:, None] < Z_95 * own[1]
    is_open_above = (1 - at) * count.size[:, None] < Z_95 * own[-1]
    low = _first_above(gap + np.where(is_open_above, Z_90, Z_95) * sd)
    high = _last_below(gap - np.where(is_open_below, Z_90, Z_95) * sd)
    low = np.where(is_open_below[:, 0], 0.0, low)
    high = np.where(is_open_above[:, 0], float(bins), high)
    value = np.clip(_first_above(rising), low, high)
    return Estimate(value, low, high, (high - low) / (2 * Z_95))


def _first_above(gap: Floats) -> Floats:
    """Return the first place where a line over the bins' ends, straight between, is not below 0."""
    last = gap.shape[1] - 1
    is_above = gap >= 0
    found = np.where(is_above.any(axis=1), is_above.argmax(axis=1), last)
    return _crossing(gap, np.clip(found, 1, last))


def _last_below(gap: Floats) -> Floats:
    """Return the last place where a line over the bins' ends, straight between, is not above 0."""
    last = gap.shape[1] - 1
    found = last - (gap[:, ::-1] <= 0).argmax(axis=1)
    return _crossing(gap, np.clip(found + 1, 1, last))


def _crossing(gap: Floats, upper: Floats) -> Floats:
    """Return where the straight line from a bin's lower to its upper end meets zero."""
    index = upper.astype(np.int64)[:, None]
    after = np.take_along_axis(gap, index, axis=1)[:, 0]
    before = np.take_along_axis(gap, index - 1, axis=1)[:, 0]
    rise = after - before
    part = np.where(rise > 0, -before / np.where(rise > 0, rise, 1.0), 1.0)
    found: Floats = index[:, 0] - 1 + np.clip(part, 0.0, 1.0)
    return found

"""Figures from noisy numbers, with 95% intervals of the noise."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from anonymize.domain import bounds, crossings, moments, places
from anonymize.domain.prefix import Floats

Flags = NDArray[np.bool_]

Z_95 = bounds.Z_95


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

    The interval holds every ratio that a test between total and count leaves standing, as Fieller
    found it, and asks nothing of the data (`bounds.ends`); where not count.may_divide there is
    none, and all of least..most is told. The figure itself is taken over the best guess of the
    count.
    """
    size = np.maximum(count.size, 1.0)
    value = np.clip(total.value / size, least, most)
    low, high = np.full_like(value, least), np.full_like(value, most)
    one = count.may_divide
    total_sd, count_sd = (np.broadcast_to(sd, value.shape)[one] for sd in (total.sd, count.sd))
    low[one], high[one] = bounds.ends(
        total.value[one], total_sd, count.value[one], count_sd, least=least, most=most
    )
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

    The interval holds every variance that a test of the three numbers leaves standing
    (`moments.Drawn.surplus`); all of 0..1 is told where not count.may_divide.
    """
    one = count.may_divide
    drawn = moments.Drawn(
        first=first.value[one],
        second=second.value[one],
        count=count.value[one],
        first_sd=float(np.max(first.sd)),
        second_sd=float(np.max(second.sd)),
        count_sd=float(np.max(count.sd)),
    )
    raw, sd = np.full(one.shape, 0.5), np.full(one.shape, 0.5)
    raw[one], sd[one] = drawn.variance()
    low, high = np.zeros(one.shape), np.ones(one.shape)
    tried = bounds.places_about(raw[one], Z_95 * sd[one], least=0.0, most=1.0)
    low[one], high[one] = bounds.standing(tried, *drawn.surplus(tried), least=0.0, most=1.0)
    return Estimate(np.clip(raw, 0.0, 1.0), low, high, sd).with_values(np.clip(raw, 0.0, 1.0))


def bounded(one: Noisy, *, least: float, most: float) -> Estimate:
    """Return noisy numbers that are known to lie within least..most; all of it where NaN."""
    is_known = np.isfinite(one.value)
    value = np.where(is_known, one.value, (least + most) / 2)
    sd = np.where(is_known, one.sd, (most - least) / 2)
    certain = Counted(np.where(is_known, 1.0, 0.0), 0.0, np.ones_like(value))
    return replace(ratio(Noisy(value, sd), certain, least=least, most=most), sd=sd)


def quantile(cells: Noisy, count: Counted, at: float) -> Estimate:
    """Return where a share `at` of drivers lies below, in bins from the lower end of the range.

    cells: one line per group, through the factor of prefix sums. The figure is read off the
    running totals over the bins, made to ascend, straight within a bin. At the true place q,
    total(q) - at * count is normal with known variance and mean zero (`places.gap`); the interval
    runs from the first to the last place at which it is within so many of its standard deviations
    that 95 of 100 draws of the noise about the ascending totals would be covered
    (`places.critical`).
    """
    line = running(cells, count, at)
    sd, rising = float(np.max(cells.sd)), line.rising
    critical = places.critical(rising, sd, at, np.broadcast_to(count.sd, count.value.shape))
    low, high = places.ends(line.gap, line.sd, critical)
    value = np.clip(crossings.first_above(rising), low, high)
    return Estimate(value, low, high, (high - low) / (2 * Z_95))


@dataclass(frozen=True)
class Running:
    """Running totals over the bins' ends less the drivers asked for, and their noise.

    best: the same against the best guess of the drivers; least, most: what it may be.
    """

    gap: Floats
    sd: Floats
    best: Floats
    least: Floats
    most: Floats

    @property
    def rising(self) -> Floats:
        """The best guess, made to ascend (least squares)."""
        found: Floats = np.array([isotonic_regression(line).x for line in self.best])
        return np.clip(found, self.least, self.most)


def running(cells: Noisy, count: Counted, at: float) -> Running:
    """Return the lines that a quantile is read from, one per group."""
    bins, own = cells.value.shape[1], float(np.max(cells.sd))
    totals = cells.value @ places.decoded(bins).T
    count_sd = np.broadcast_to(count.sd, count.value.shape)
    gap = places.gap(totals, count.value, at, own, count_sd)
    size = np.maximum(count.size, 0.0)[:, None]
    return Running(
        gap=gap,
        sd=places.gap_sd(bins, at, own, count_sd),
        best=gap + at * (count.value - count.size)[:, None],
        least=-at * size,
        most=(1 - at) * size,
    )

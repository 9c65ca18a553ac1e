"""Quantiles of groups through one shape."""

import numpy as np
import pytest

from anonymize.domain import curves, intervals, prefix
from anonymize.domain.intervals import Noisy
from anonymize.domain.statistics import CDF_BINS

AT = (0.1, 0.5, 0.9)


def measured(rng, groups, sd) -> tuple[Noisy, intervals.Counted, Noisy]:
    """Noisy cells of groups' values, in bins; their counts; and the cells of all of them."""
    edges = np.arange(CDF_BINS + 1)
    counts = np.array([np.histogram(np.clip(one, 0, CDF_BINS - 1), edges)[0] for one in groups])
    factor = prefix.factor(CDF_BINS)
    unit = sd * prefix.RESOLUTION
    noisy = counts @ factor.T + rng.normal(0, max(unit, 1e-9), counts.shape)
    sizes = intervals.counted(Noisy(np.array([float(len(one)) for one in groups]), max(sd, 1e-9)))
    whole = counts.sum(axis=0)[None] @ factor.T + rng.normal(0, max(unit, 1e-9), (1, CDF_BINS))
    return Noisy(noisy, max(unit, 1e-9)), sizes, Noisy(whole, max(unit, 1e-9))


def fleet(rng, sizes):
    """Groups of one skewed shape, each moved and stretched."""
    return [rng.uniform(35, 50) - rng.uniform(3, 6) * rng.gamma(2.0, 1.0, size) for size in sizes]


def test_without_noise_they_are_the_groups_own():
    rng = np.random.default_rng(1)
    groups = fleet(rng, [400, 900, 150])
    found = curves.drawn(*measured(rng, groups, 0.0), AT)
    exact = np.array([np.quantile(one, AT) for one in groups]).T
    assert np.array(found) == pytest.approx(exact, abs=0.6)


def test_with_noise_they_are_better_than_each_groups_own():
    rng = np.random.default_rng(2)
    told, own, exact = [], [], []
    for _ in range(10):
        groups = fleet(rng, rng.integers(100, 600, 15))
        cells, counts, pooled = measured(rng, groups, 8.0)
        told.append(curves.drawn(cells, counts, pooled, AT))
        own.append([intervals.quantile(cells, counts, at).value for at in AT])
        exact.append(np.array([np.quantile(one, AT) for one in groups]).T)
    error, raw = (np.abs(np.array(one) - np.array(exact)).mean() for one in (told, own))
    assert error < 0.65 * raw


def test_quantiles_ascend_and_stay_in_the_range_whatever_the_noise():
    rng = np.random.default_rng(3)
    found = np.array(curves.drawn(*measured(rng, fleet(rng, [1, 0, 30]), 50.0), AT))
    assert (np.diff(found, axis=0) >= 0).all()
    assert (found >= 0).all()
    assert (found <= CDF_BINS).all()

"""Figures with intervals, whatever the truth is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.domain import intervals, prefix
from anonymize.domain.intervals import Noisy

TRIALS = 20_000


def noisy(true, sd, rng):
    return Noisy(true + rng.normal(0, sd, np.shape(true)), sd)


def covered(one, true):
    return float(((one.low <= true + 1e-9) & (true - 1e-9 <= one.high)).mean())


TRUTHS = [(0.0, 40), (0.6, 40), (-0.95, 40), (-1.0, 40), (1.0, 12), (0.3, 12), (-0.99, 400)]


@pytest.mark.parametrize(("true", "drivers"), TRUTHS)
def test_a_ratios_interval_covers_every_truth_in_95_of_100_draws(true, drivers):
    """At and near the bounds as well; where nothing can be divided, all of the range is told."""
    rng = np.random.default_rng(3)
    total = noisy(np.full(TRIALS, true * drivers), 4.0, rng)
    count = intervals.counted(noisy(np.full(TRIALS, float(drivers)), 4.0, rng))
    one = intervals.ratio(total, count, least=-1.0, most=1.0)
    shown = count.may_divide
    covers = (one.low <= true + 1e-9) & (true - 1e-9 <= one.high)
    assert abs(covers[shown].mean() - 0.95) < 0.012


def test_an_interval_does_not_shrink_to_the_bound():
    one = intervals.bounded(Noisy(np.array([-30.0, -4.0, 0.0]), 1.0), least=0.0, most=np.inf)
    assert (one.low == 0).all()
    assert (np.diff(one.high) > 0).all()
    assert one.high[0] > 0


SPREADS = [(0.0, 0.2), (0.5, 0.05), (-0.8, 0.06), (-0.8, 0.005), (0.1, 0.02)]


@pytest.mark.parametrize("drivers", [30, 60, 1_000])
@pytest.mark.parametrize(("mean", "spread"), SPREADS)
def test_a_variances_interval_covers_every_truth(mean, spread, drivers):
    rng = np.random.default_rng(4)
    square = mean**2 + spread
    first = noisy(np.full(TRIALS, mean * drivers), 4.0, rng)
    second = noisy(np.full(TRIALS, (2 * square - 1) * drivers), 4.0, rng)
    count = intervals.counted(noisy(np.full(TRIALS, float(drivers)), 4.0, rng))
    one = intervals.moment_gap(first, second, count)
    assert abs(covered(one, spread) - 0.95) < 0.017


NOISES = [(80_000.0, 6.0), (250_000.0, 20.0), (500_000.0, 40.0)]


@pytest.mark.parametrize("at", [0.1, 0.5, 0.9])
@pytest.mark.parametrize(("cell_sd", "count_sd"), NOISES)
def test_a_quantiles_interval_covers_the_truth(at, cell_sd, count_sd):
    rng = np.random.default_rng(5)
    values = rng.normal(30, 8, 400).clip(0, 63.99)
    counts = np.bincount(values.astype(int), minlength=64)
    exact = np.interp(at * 400, np.concatenate([[0], np.cumsum(counts)]), np.arange(65))
    cells = np.tile(prefix.factor(64) @ counts, (1_000, 1)).astype(float)
    count = intervals.counted(noisy(np.full(1_000, 400.0), count_sd, rng))
    rough = intervals.quantile(noisy(cells, cell_sd, rng), count, at)
    assert 0.92 <= covered(rough, exact) <= 0.99


@given(st.floats(-1e3, 1e3), st.floats(0.01, 10), st.floats(-10, 1e4), st.floats(0.01, 10))
def test_the_value_lies_within_its_interval_and_its_range(total, total_sd, count, count_sd):
    counted = intervals.counted(Noisy(np.array([count]), count_sd))
    one = intervals.ratio(Noisy(np.array([total]), total_sd), counted, least=-1.0, most=1.0)
    assert -1 <= one.low[0] <= one.value[0] <= one.high[0] <= 1
    assert one.sd[0] > 0


def test_where_nothing_can_be_divided_the_whole_range_is_told():
    counted = intervals.counted(Noisy(np.array([3.0]), 5.0))
    one = intervals.ratio(Noisy(np.array([1.0]), 5.0), counted, least=-1.0, most=1.0)
    assert (one.low[0], one.high[0]) == (-1, 1)

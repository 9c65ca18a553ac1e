"""Figures with intervals, whatever the truth is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.domain import intervals, prefix
from anonymize.domain.intervals import Noisy

TRIALS = 4_000


def noisy(true, sd, rng):
    return Noisy(true + rng.normal(0, sd, np.shape(true)), sd)


def covered(one, true):
    return float(((one.low <= true + 1e-9) & (true - 1e-9 <= one.high)).mean())


@pytest.mark.parametrize(("true", "drivers"), [(0.0, 40), (0.6, 40), (-0.95, 40), (0.3, 12)])
def test_a_ratios_interval_covers_the_truth_in_95_of_100_draws(true, drivers):
    rng = np.random.default_rng(3)
    total = noisy(np.full(TRIALS, true * drivers), 4.0, rng)
    count = intervals.counted(noisy(np.full(TRIALS, float(drivers)), 4.0, rng))
    one = intervals.ratio(total, count, least=-1.0, most=1.0)
    assert 0.94 <= covered(one, true) <= 0.975


@pytest.mark.parametrize(("mean", "square"), [(0.0, 0.2), (0.5, 0.3), (-0.8, 0.7)])
def test_a_variances_interval_covers_the_truth(mean, square):
    rng = np.random.default_rng(4)
    first = noisy(np.full(TRIALS, mean * 60), 4.0, rng)
    second = noisy(np.full(TRIALS, (2 * square - 1) * 60), 4.0, rng)
    count = intervals.counted(noisy(np.full(TRIALS, 60.0), 4.0, rng))
    one = intervals.moment_gap(first, second, count)
    assert 0.93 <= covered(one, square - mean**2) <= 0.985


@pytest.mark.parametrize("at", [0.1, 0.5, 0.9])
def test_a_quantiles_interval_covers_the_truth(at):
    rng = np.random.default_rng(5)
    values = rng.normal(30, 8, 400).clip(0, 63.99)
    counts = np.bincount(values.astype(int), minlength=64)
    exact = np.interp(at * 400, np.concatenate([[0], np.cumsum(counts)]), np.arange(65))
    cells = np.tile(prefix.factor(64) @ counts, (1_500, 1)).astype(float)
    count = intervals.counted(noisy(np.full(1_500, 400.0), 6.0, rng))
    one = intervals.quantile(noisy(cells, 80_000.0, rng), count, at)
    assert 0.93 <= covered(one, exact) <= 0.985


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

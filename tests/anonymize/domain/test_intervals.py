"""Ratios with intervals, and the drawing of groups towards the whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.domain import intervals
from anonymize.domain.intervals import Estimate, Noisy


@pytest.mark.parametrize(("true", "drivers"), [(0.0, 40), (0.6, 40), (-0.95, 40), (0.3, 12)])
def test_the_interval_covers_the_truth_in_95_of_100_draws(true, drivers):
    rng = np.random.default_rng(3)
    hits, trials, sd = 0, 4_000, 4.0
    for _ in range(trials):
        total = Noisy(true * drivers + rng.normal(0, sd), sd)
        count = Noisy(drivers + rng.normal(0, sd), sd)
        if not intervals.may_divide_by(count):
            trials -= 1
            continue
        one = intervals.ratio(total, count, least=-1.0, most=1.0)
        hits += one.low <= true <= one.high
    assert 0.94 <= hits / trials <= 0.975


@given(st.floats(-1e3, 1e3), st.floats(0.01, 10), st.floats(30, 1e4), st.floats(0.01, 10))
def test_the_value_lies_within_its_interval_and_its_range(total, total_sd, count, count_sd):
    one = intervals.ratio(Noisy(total, total_sd), Noisy(count, count_sd), least=-1.0, most=1.0)
    assert -1 <= one.low <= one.value <= one.high <= 1
    assert one.sd > 0


estimates = st.lists(
    st.builds(
        lambda value, sd: Estimate(value, max(value - 2 * sd, -1.0), min(value + 2 * sd, 1.0), sd),
        st.floats(-0.9, 0.9),
        st.floats(0.01, 0.4),
    ),
    max_size=8,
)


@given(estimates, st.floats(-1, 1))
def test_drawing_together_moves_each_value_by_at_most_its_noise(group, towards):
    for before, after in zip(group, intervals.shrunk(group, towards), strict=True):
        assert abs(after.value - before.value) <= before.sd + 1e-12
        assert abs(after.value - towards) <= abs(before.value - towards) + 1e-12
        assert after.low <= after.value <= after.high


def test_two_groups_are_left_alone():
    pair = [Estimate(0.1, 0.0, 0.2, 0.05), Estimate(0.5, 0.4, 0.6, 0.05)]
    assert intervals.shrunk(pair, 0.0) == pair


@pytest.mark.parametrize("spread", [0.0, 0.1, 0.4])
def test_drawing_together_lessens_the_error_whatever_the_groups_are(spread):
    rng = np.random.default_rng(5)
    raw, drawn = 0.0, 0.0
    for _ in range(600):
        truth = 0.2 + spread * np.array([-1, -0.5, 0, 0.2, 0.5, 1])
        values = truth + rng.normal(0, 0.15, truth.size)
        group = [Estimate(float(v), v - 0.3, v + 0.3, 0.15) for v in values]
        moved = np.array([one.value for one in intervals.shrunk(group, 0.2)])
        raw += float(((values - truth) ** 2).sum())
        drawn += float(((moved - truth) ** 2).sum())
    assert drawn < raw


@given(estimates.filter(bool))
def test_shares_are_not_negative_and_sum_to_one(group):
    shares = intervals.as_shares(group)
    assert sum(one.value for one in shares) == pytest.approx(1)
    assert all(one.value >= 0 and one.low <= one.value <= one.high for one in shares)

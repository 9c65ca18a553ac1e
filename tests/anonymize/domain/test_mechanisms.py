"""The one mechanism: its loss, its noise, its gates."""

import math

import numpy as np
import opendp.prelude as dp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.domain import accounting, mechanisms


@settings(max_examples=60, deadline=None)
@given(st.floats(1e4, 1e7), st.integers(1, 1_000_000))
def test_it_never_costs_more_than_was_asked_and_wastes_nothing(sensitivity, rho_micro):
    noised = mechanisms.noise([0], sensitivity=sensitivity, rho_micro=rho_micro)
    assert noised.rho_micro_spent == rho_micro
    exact = sensitivity / math.sqrt(2 * rho_micro / 1e6)
    assert exact <= noised.scale <= exact * (1 + 1e-8)


def test_its_noise_has_the_stated_spread_and_no_drift():
    noised = mechanisms.noise([0] * 20_000, sensitivity=1e5, rho_micro=500_000)
    values = np.array(noised.values) / noised.scale
    assert abs(values.mean()) < 5 / math.sqrt(20_000)
    assert abs(values.std() - 1) < 5 / math.sqrt(2 * 20_000)


def test_it_adds_noise_to_the_vector_it_was_given():
    noised = mechanisms.noise([10**12, -(10**12)], sensitivity=1e5, rho_micro=500_000)
    assert abs(noised.values[0] - 10**12) < 20 * noised.scale
    assert abs(noised.values[1] + 10**12) < 20 * noised.scale


@pytest.mark.parametrize(
    ("vector", "sensitivity", "rho_micro"),
    [
        ([0], 0.0, 1),
        ([0], float("nan"), 1),
        ([0], 1e5, 0),
        ([0], 10.0, 1_000_000),
        ([2**60], 1e5, 1),
    ],
)
def test_it_refuses_what_it_cannot_vouch_for(vector, sensitivity, rho_micro):
    with pytest.raises(ValueError, match=r"must be|too"):
        mechanisms.noise(vector, sensitivity=sensitivity, rho_micro=rho_micro)


def test_it_stops_when_another_gate_of_the_library_is_open():
    dp.enable_features("honest-but-curious")
    try:
        with pytest.raises(RuntimeError, match="contrib"):
            mechanisms.noise([0], sensitivity=1e5, rho_micro=1)
    finally:
        dp.disable_features("honest-but-curious")


def test_the_scale_is_fine_enough_for_exact_accounting():
    noised = mechanisms.noise([0], sensitivity=1e5, rho_micro=1_000_000)
    assert noised.scale >= accounting.MIN_SCALE

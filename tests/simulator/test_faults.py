"""Faulty sensors: each fault changes what it should, and the importers notice."""

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from simulator import telemetry
from simulator.faults import Fault, fault_of, spoiled
from simulator.fleet import days_of


@pytest.fixture(scope="module")
def frame():
    days = days_of(2, 1, days=4)
    return telemetry.frame_of(days.vehicle, days.drives)


def rng():
    return np.random.default_rng(1)


def test_the_stated_share_of_vehicles_is_faulty_and_every_fault_occurs():
    faults = [fault_of(0.2, np.random.default_rng([1, number])) for number in range(2_000)]
    assert np.mean([fault is not Fault.NONE for fault in faults]) == pytest.approx(0.2, abs=0.03)
    assert set(faults) == set(Fault)
    assert fault_of(0.0, rng()) is Fault.NONE


def test_a_sound_vehicle_is_left_alone(frame):
    assert_frame_equal(spoiled(frame, Fault.NONE, rng()), frame)


def test_gaps_take_rows_away(frame):
    left = spoiled(frame, Fault.GAPS, rng()).height
    assert 0.6 * frame.height < left < frame.height


def test_swapped_signs_turn_current_and_power(frame):
    turned = spoiled(frame, Fault.SWAPPED_SIGNS, rng())
    assert_frame_equal(turned.select(-pl.col(telemetry.POWER)), frame.select(telemetry.POWER))


def test_a_stuck_sensor_keeps_one_value_for_long(frame):
    stuck = spoiled(frame, Fault.STUCK_VALUE, rng())
    changed = [name for name in frame.columns if not stuck[name].equals(frame[name])]
    assert len(changed) == 1
    longest = stuck[changed[0]].rle().struct.field("len").max()
    assert longest >= 0.3 * frame.height


def test_impossible_dates_lie_far_ahead(frame):
    years = spoiled(frame, Fault.IMPOSSIBLE_DATES, rng())[telemetry.TIMESTAMP].dt.year()
    assert (years > 2100).mean() == pytest.approx(0.01, abs=0.005)
    assert ((years > 2100) | (years == 2026)).all()


@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_without_rows_is_no_fault(frame, fault):
    assert spoiled(frame.clear(), fault, rng()).height == 0

"""State of health falls with age and with throughput, in cars as in the equations."""

import numpy as np
import pytest

from simulator.ageing import ageing_of
from simulator.climates import CLIMATES
from simulator.fleet import FIRST_DAY, days_of

BY_NAME = {climate.name: climate for climate in CLIMATES}


def test_it_falls_with_age_with_cycles_with_warmth_and_with_charge():
    mild = ageing_of("nmc", BY_NAME["Munich"], 0.6, 1.0)
    assert mild.soh(0, 0) == 1
    assert mild.soh(2, 100) > mild.soh(4, 100) > mild.soh(4, 300)
    assert ageing_of("nmc", BY_NAME["Phoenix"], 0.6, 1.0).soh(4, 100) < mild.soh(4, 100)
    assert ageing_of("nmc", BY_NAME["Munich"], 0.8, 1.0).soh(4, 100) < mild.soh(4, 100)


def test_calendar_loss_goes_with_the_root_of_time_and_cycle_loss_is_a_line():
    mild = ageing_of("lfp", BY_NAME["Munich"], 0.6, 1.0)
    assert 1 - mild.soh(4, 0) == pytest.approx(2 * (1 - mild.soh(1, 0)))
    assert 1 - mild.soh(0, 400) == pytest.approx(4 * (1 - mild.soh(0, 100)))


def test_a_fleet_loses_about_what_fleets_were_found_to_lose():
    """2.3% a year over the first years (Geotab, 22,700 electric vehicles)."""
    fleet = [days_of(5, number, days=1).vehicle for number in range(400)]
    years = np.array([vehicle.years(FIRST_DAY) for vehicle in fleet])
    lost = np.array(
        [
            1 - vehicle.ageing.soh(age, vehicle.cycles_before)
            for vehicle, age in zip(fleet, years, strict=True)
        ]
    )
    yearly = (lost / years)[(years > 2) & (years < 7)]
    assert 0.018 < yearly.mean() < 0.029
    assert np.corrcoef(years, lost)[0, 1] > 0.6


def test_driving_wears_the_battery_and_more_driving_wears_it_more():
    ended = [days_of(5, number, days=60, keeps_drives=False) for number in range(25)]
    for days in ended:
        vehicle = days.vehicle
        assert days.soh < vehicle.ageing.soh(vehicle.years(FIRST_DAY), vehicle.cycles_before)
        assert days.cycles > vehicle.cycles_before
    light, *_, heavy = sorted(ended, key=lambda days: days.vehicle.habit.km_per_day)
    gained = [days.cycles - days.vehicle.cycles_before for days in (light, heavy)]
    assert gained[0] < gained[1]

"""Forces on the road, and what cabin and cold cost."""

import numpy as np
import pytest

from simulator import roads, traction
from simulator.models import CAR_MODELS

MODEL_3 = CAR_MODELS[2]


def test_a_steady_speed_needs_rolling_and_drag():
    speed = np.full(100, 30.0)
    power = traction.wheel_w(speed, MODEL_3, 20)[50]
    rolling = 0.009 * (1_760 + 110) * 9.81
    drag = 0.5 * 353 / 293.15 * 0.51 * 30**2
    assert power == pytest.approx(30 * (rolling + drag))


def test_braking_gives_back_less_than_speeding_up_took():
    up = np.linspace(0, 20, 21)
    speed = np.concatenate([up, up[::-1]])
    power = traction.traction_w(speed, MODEL_3, 20)
    taken, given = power[power > 0].sum(), -power[power < 0].sum()
    assert 0.4 * taken < given < 0.85 * taken


def test_standing_takes_nothing_and_a_crawl_gives_nothing_back():
    assert not traction.traction_w(np.zeros(5), MODEL_3, 20).any()
    assert traction.traction_w(np.array([1.4, 0.7, 0.0]), MODEL_3, 20)[0] == 0


def test_cold_and_heat_cost_and_mild_air_does_not():
    loads = [traction.auxiliary_w(MODEL_3, air_c, 1.0) for air_c in (-7, 20, 35)]
    assert loads[0] > 3_000 > loads[2] > loads[1] == 300
    assert traction.auxiliary_w(MODEL_3, -7, 0.0) == 300


def test_consumption_in_mixed_driving_is_that_of_real_cars():
    """The AAA found 41% less range at -7 °C and 17% less at 35 °C, cabin kept warm or cool."""
    consumed = {air_c: _wh_per_km(air_c) for air_c in (-7, 24, 35)}
    assert 110 < consumed[24] < 170
    assert 1 - consumed[24] / consumed[-7] == pytest.approx(0.41, abs=0.08)
    assert 1 - consumed[24] / consumed[35] == pytest.approx(0.17, abs=0.06)


def _wh_per_km(air_c):
    wh = km = 0.0
    for road in (roads.TOWN, roads.MAIN, roads.MOTORWAY):
        speed = roads.speeds(road, 1)
        speed = speed[np.cumsum(speed) < 12_000]
        power = traction.traction_w(speed, MODEL_3, air_c)
        wh += (power.sum() + len(speed) * traction.auxiliary_w(MODEL_3, air_c, 1.0)) / 3600
        km += speed.sum() / 1000
    return wh / km

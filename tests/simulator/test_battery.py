"""The battery: what goes out is what was asked and what became heat."""

import numpy as np
import pytest

from simulator import battery
from simulator.models import CAR_MODELS

PACKS = [battery.pack_of(model) for model in CAR_MODELS]


@pytest.mark.parametrize("pack", PACKS)
def test_a_full_pack_holds_the_energy_of_its_model(pack):
    soc = np.linspace(1, 0, 10_001)
    assert np.trapezoid(pack.rest_v(soc), -soc) * pack.capacity_ah == pytest.approx(
        pack.wh, rel=0.01
    )
    assert 0.02 < pack.ohm < 0.25


def test_voltage_times_current_is_the_power_and_the_rest_is_heat():
    pack, power = PACKS[3], np.array([60_000.0, 0.0, -30_000.0, 500.0])
    flow = battery.flow(pack, power, 0.6, 0.9, pack.ohm_at(25, 0.9))
    assert flow.voltage_v * flow.current_a == pytest.approx(power)
    assert flow.rest_v * flow.current_a == pytest.approx(power + flow.loss_w)
    assert flow.voltage_v[0] < flow.rest_v[0] < flow.voltage_v[2]


def test_the_cold_and_the_old_battery_resist_more():
    pack = PACKS[0]
    assert pack.ohm_at(25, 1.0) == pytest.approx(pack.ohm)
    assert pack.ohm_at(-10, 1.0) > 2 * pack.ohm_at(25, 1.0)
    assert pack.ohm_at(25, 0.8) == pytest.approx(1.4 * pack.ohm)


def test_more_than_a_pack_can_give_is_not_given():
    pack = PACKS[4]
    flow = battery.flow(pack, np.array([10e6]), 0.5, 1.0, pack.ohm)
    assert np.isfinite(flow.current_a).all()
    assert flow.power_w[0] < 10e6


def test_heat_warms_and_rest_cools():
    pack = PACKS[0]
    warm = battery.warmth(pack, np.full(3600, 1_000.0), 10, 10)
    assert warm[-1] == pytest.approx(10 + 1_000 * 3600 / (6 * 3.6 * pack.wh), abs=0.5)
    assert warm[-1] == pytest.approx(battery.warmth_after(pack, np.full(3600, 1_000.0), 10, 10))
    assert 10 < battery.cooled(warm[-1], 10, 3600) < warm[-1]
    assert len(battery.warmth(pack, np.zeros(20_000), 10, 10)) == 20_000

"""Vehicles under way: charge in range, energy that adds up, the same days for the same seed."""

from datetime import datetime
from itertools import pairwise

import numpy as np
import pytest

from simulator.driving import HYBRID_FLOOR
from simulator.fleet import days_of

WINTER = datetime.fromisoformat("2026-01-05")


@pytest.fixture(scope="module")
def winter():
    return [days_of(21, number, WINTER, 14) for number in range(60)]


@pytest.fixture(scope="module")
def drives(winter):
    return [drive for days in winter for drive in days.drives]


def test_the_charge_stays_between_empty_and_full(drives):
    assert min(drive.flow.soc.min() for drive in drives) > 0.02
    assert max(drive.flow.soc.max() for drive in drives) <= 1


def test_what_leaves_the_battery_is_traction_and_auxiliaries_and_heat(drives):
    for drive in drives:
        left = (drive.flow.rest_v * drive.flow.current_a).sum()
        used = (drive.traction_w() + drive.auxiliary_w + drive.flow.loss_w).sum()
        assert left == pytest.approx(used, rel=1e-6)


def test_the_charge_that_is_shown_falls_by_the_energy_that_left(drives):
    """Not so by construction: the voltage at the charge shown, over the charge shown."""
    shown = used = 0.0
    for drive in drives:
        pack, soc = drive.vehicle.pack, drive.flow.soc
        volts = pack.rest_v((soc[1:] + soc[:-1]) / 2)
        shown -= (np.diff(soc) * volts).sum() * pack.capacity_ah * drive.soh * 3600
        used += (drive.traction_w() + drive.auxiliary_w + drive.flow.loss_w)[1:].sum()
    assert shown == pytest.approx(used, rel=0.01)


def test_between_drives_the_charge_rises_by_what_sessions_stored(winter):
    for days in winter:
        sessions = sorted(days.sessions, key=lambda session: session.start)
        for before, after in pairwise(days.drives):
            stored = sum(s.stored_wh for s in sessions if before.at < s.start < after.at)
            gained = after.flow.soc[0] - before.flow.soc[-1]
            assert gained == pytest.approx(stored / (days.vehicle.pack.wh * before.soh), abs=0.01)


def test_drives_and_sessions_never_overlap(winter):
    for days in winter:
        spans = [(d.at.timestamp(), d.at.timestamp() + len(d.speed_mps)) for d in days.drives]
        spans += [(s.start.timestamp(), s.end.timestamp()) for s in days.sessions]
        spans.sort()
        assert all(a[1] <= b[0] + 61 for a, b in pairwise(spans))


def test_an_engine_drives_a_hybrid_on(drives):
    hybrids = [drive for drive in drives if drive.vehicle.model.has_engine]
    helped = [drive for drive in hybrids if drive.engine_w.any()]
    assert 0 < len(helped) < len(hybrids)
    assert all(drive.flow.soc.min() > HYBRID_FLOOR - 0.06 for drive in hybrids)
    electric = [drive for drive in drives if not drive.vehicle.model.has_engine]
    assert not any(drive.engine_w.any() for drive in electric)


def test_the_odometer_and_the_warmth_go_on_from_drive_to_drive(winter):
    for days in winter:
        for before, after in pairwise(days.drives):
            assert after.from_m == pytest.approx(before.odometer_m()[-1])
        assert all(-40 < drive.battery_c().max() < 60 for drive in days.drives)


def test_cold_days_cost_more(winter):
    summer = [days_of(21, number, datetime.fromisoformat("2026-05-11"), 14) for number in range(60)]
    assert _wh_per_km(winter) > 1.1 * _wh_per_km(summer)


def _wh_per_km(fleet):
    electric = [
        drive for days in fleet for drive in days.drives if not days.vehicle.model.has_engine
    ]
    wh = sum(drive.flow.power_w.sum() for drive in electric) / 3600
    return wh / (sum(drive.speed_mps.sum() for drive in electric) / 1000)


def test_the_same_seed_and_number_give_the_same_days():
    one, again, other = days_of(3, 8, days=5), days_of(3, 8, days=5), days_of(4, 8, days=5)
    assert one.sessions == again.sessions
    assert [d.at for d in one.drives] == [d.at for d in again.drives]
    assert all(
        np.array_equal(a.flow.soc, b.flow.soc)
        for a, b in zip(one.drives, again.drives, strict=True)
    )
    assert [d.at for d in one.drives] != [d.at for d in other.drives]

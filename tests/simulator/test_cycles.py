"""Speed cycles: like the regulatory ones where made up, read in place where recorded."""

import numpy as np
import pytest

from simulator import cycles, nedc, roads
from tests.anonymize.making import recorded


def _figures(speed):
    """Return mean speed in km/h, standing share, relative positive acceleration in m/s²."""
    gain = np.clip(np.diff(speed), 0, None)
    return speed.mean() * 3.6, (speed < 0.1).mean(), (speed[1:] * gain).sum() / speed.sum()


def test_the_break_points_make_the_published_cycle():
    urban, extra = nedc.urban(), nedc.extra_urban()
    assert (len(urban), len(extra)) == (195, 400)
    assert urban.sum() == pytest.approx(1_000, rel=0.02)
    assert extra.sum() == pytest.approx(6_955, rel=0.01)
    assert (urban.max() * 3.6, extra.max() * 3.6) == pytest.approx((50, 120))


@pytest.mark.parametrize("road", [roads.TOWN, roads.MAIN, roads.MOTORWAY])
def test_brisk_drivers_accelerate_more_and_oftener_harshly(road):
    calm, brisk = roads.speeds(road, 0), roads.speeds(road, 2)
    assert _figures(brisk)[2] > _figures(calm)[2]
    assert (np.abs(np.diff(brisk)) > 3.13).sum() > (np.abs(np.diff(calm)) > 3.13).sum()


def test_a_stretch_is_about_as_long_as_asked_and_stands_at_both_ends():
    tape = cycles.tape(cycles.SYNTHETIC, roads.MAIN, 1)
    for start in (0.0, 0.5, 0.999):
        played = tape.stretch(start, 20_000, 1.05)
        assert played.sum() == pytest.approx(20_000, rel=0.05)
        assert played[0] == played[-1] == 0
    assert tape.stretch(0.3, 2 * tape.reached_m[-1], 1.0).sum() > 1.9 * tape.reached_m[-1]


def test_made_up_roads_are_like_the_regulatory_cycles():
    folder = str(recorded("reference", "fastsim", "cycles"))
    town, main, motorway = (_figures(roads.speeds(road, 1)) for road in range(3))
    udds = _figures(cycles.tape(folder, roads.TOWN, 1).speeds)
    fast = _figures(cycles.tape(folder, roads.MOTORWAY, 1).speeds)
    assert town == pytest.approx(udds, rel=0.3)
    assert udds[0] < main[0] < fast[0] < motorway[0] < 130
    assert motorway[2] < main[2] < town[2]


def test_a_folder_without_cycles_is_refused(tmp_path):
    with pytest.raises(cycles.UnknownCycles, match="no speed cycle"):
        cycles.tape(str(tmp_path), roads.TOWN, 0)
    (tmp_path / "udds.csv").write_text("seconds,speed\n0,0\n", encoding="utf-8")
    with pytest.raises(cycles.UnknownCycles, match="cycMps"):
        cycles.tape(str(tmp_path), roads.TOWN, 1)

"""A release can be looked at: bars from zero, intervals, and what is held back."""

from xml.etree import ElementTree as ET

from odometer import picture
from odometer.picture import Bar

ROWS = [
    {"level": "all", "vehicle_model": None, "energy": 9.5, "energy_low": 9.0, "energy_high": 10.0},
    {
        "level": "group",
        "vehicle_model": "Nissan LEAF",
        "energy": 8.0,
        "energy_low": 7.0,
        "energy_high": 9.1,
    },
    {
        "level": "group",
        "vehicle_model": "BMW i3",
        "energy": None,
        "energy_low": None,
        "energy_high": None,
    },
]


def drawn(rows=ROWS):
    bars = picture.bars_of(rows, "energy", ["vehicle_model"])
    return picture.draw(bars, title="Energy & <more>", unit="kWh", notes=["Simulated fleet"])


def test_every_group_is_named_and_held_back_ones_say_so():
    text = "".join(ET.fromstring(drawn()).itertext())  # noqa: S314 - our own text
    assert "Nissan LEAF" in text
    assert text.count("not enough drivers") == 1
    assert "Simulated fleet" in text


def test_text_is_escaped():
    root = ET.fromstring(drawn())  # noqa: S314 - our own text
    assert root.attrib["aria-label"] == "Energy & <more>"


def test_the_axis_reaches_the_highest_interval():
    for most in (0.04, 0.93, 7.0, 9.1, 41.0, 123456.0):
        step = picture._step(most)
        assert most <= 7 * step <= 2.5 * most


def test_a_release_without_any_figure_is_drawn_all_the_same():
    assert picture.draw([Bar("all", None, None, None)], title="t", unit="kWh", notes=[])

"""Signals of a drive, their columns and ranges, and the units they come in."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

Scale = tuple[float, float]
"""Factor and offset that bring a value to the unit of its column."""


@dataclass(frozen=True)
class Signal:
    """A column of the telemetry frame. low, high: what a road vehicle can show, in its unit.

    units: how to come from each unit to the column's; "" stands for a column without a unit.
    """

    column: str
    word: str
    low: int
    high: int
    units: Mapping[str, Scale]
    dtype: type[pl.DataType] = pl.Int32


_PERCENT = {"%": (10, 0), "percent": (10, 0), "": (10, 0)}
_KMH = {
    "km/h": (10, 0),
    "kmh": (10, 0),
    "kph": (10, 0),
    "mph": (16.09344, 0),
    "mi/h": (16.09344, 0),
    "m/s": (36, 0),
    "": (10, 0),
}
_CELSIUS = {
    "°c": (10, 0),
    "degc": (10, 0),
    "c": (10, 0),
    "celsius": (10, 0),
    "°f": (50 / 9, -1600 / 9),
    "degf": (50 / 9, -1600 / 9),
    "f": (50 / 9, -1600 / 9),
    "": (10, 0),
}
_METRES = {"km": (1000, 0), "m": (1, 0), "mi": (1609.344, 0), "miles": (1609.344, 0)}

SPEED = Signal("speed_dkmh", "speed", 0, 4_000, _KMH)
SPEED_LIMIT = Signal("speed_limit_dkmh", "speed_limit", 50, 2_000, _KMH)
SOC = Signal("soc_permille", "state_of_charge", 0, 1_000, _PERCENT)
SOH = Signal("soh_permille", "state_of_health", 300, 1_100, _PERCENT)
CURRENT = Signal(
    "current_ma", "current", -3_000_000, 3_000_000, {"a": (1000, 0), "ma": (1, 0), "": (1000, 0)}
)
VOLTAGE = Signal(
    "voltage_mv", "voltage", 20_000, 1_500_000, {"v": (1000, 0), "mv": (1, 0), "": (1000, 0)}
)
POWER = Signal(
    "power_w", "power", -2_000_000, 2_000_000, {"w": (1, 0), "watts": (1, 0), "kw": (1000, 0)}
)
BATTERY_TEMP = Signal("battery_temp_dc", "battery_temperature", -500, 1_200, _CELSIUS)
AMBIENT_TEMP = Signal("ambient_temp_dc", "ambient_temperature", -600, 700, _CELSIUS)
ODOMETER = Signal("odometer_m", "odometer", 1, 5_000_000_000, _METRES, pl.Int64)
ENERGY = Signal("energy_wh", "energy_left", 0, 1_000_000, {"kwh": (1000, 0), "wh": (1, 0)})
ENGINE_RPM = Signal(
    "engine_rpm", "engine_speed", 0, 20_000, {"rpm": (1, 0), "1/min": (1, 0), "": (1, 0)}
)

SIGNALS = (
    SPEED,
    SPEED_LIMIT,
    SOC,
    SOH,
    CURRENT,
    VOLTAGE,
    POWER,
    BATTERY_TEMP,
    AMBIENT_TEMP,
    ODOMETER,
    ENERGY,
    ENGINE_RPM,
)


def scale_of(signal: Signal, unit: str) -> Scale | None:
    """Return how to come from a unit, as it is written in a header, to the signal's column."""
    return signal.units.get(unit.lower().strip())

"""Drives as Car Scanner exports them: wide, about one value a row, signs of the app."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl

from simulator import telemetry
from simulator.battery import Pack
from simulator.files import LABEL
from simulator.numbers import Floats

REMARK = f"# {LABEL}\n"

TIME, TRAILING = "time", ""
_ROW_MS = 100
ROWS_PER_S = 1000 // _ROW_MS
_DAY_MS = 86_400_000
_CELL_SPREAD_V = 0.004
_AUXILIARY_V = 14.1


def frame_of(drive: pl.DataFrame, pack: Pack) -> pl.DataFrame:
    """Return the export of one drive; each signal comes round every 1.2 s.

    drive: telemetry of one drive, a row each second. The app counts current and power out of the
    battery as positive, and its clock has no date.
    """
    signals = _signals(drive, pack)
    rows = np.arange(drive.height * ROWS_PER_S)
    started = drive[telemetry.TIMESTAMP].dt.epoch("ms")
    clock = (started.to_numpy()[rows // ROWS_PER_S] + rows % ROWS_PER_S * _ROW_MS) % _DAY_MS
    columns = {TIME: pl.Series(clock * 1_000_000).cast(pl.Time)}
    for place, (name, values) in enumerate(signals.items()):
        mine = rows[place :: len(signals)]
        spread = np.full(len(rows), np.nan)
        spread[mine] = values[mine // ROWS_PER_S]
        columns[name] = pl.Series(spread, nan_to_null=True)
    columns[TRAILING] = pl.repeat(None, len(rows), dtype=pl.String, eager=True)
    return pl.DataFrame(columns)


def write(drive: pl.DataFrame, pack: Pack, folder: Path, number: int) -> Path:
    """Write one drive under a name that begins with its local start, as the app names files."""
    started = drive[telemetry.TIMESTAMP][0]
    path = folder / f"{started:%Y-%m-%d_%H-%M-%S}_simulated_{number:06}.csv"
    with path.open("wb") as file:
        file.write(REMARK.encode())
        frame_of(drive, pack).write_csv(file, time_format="%H:%M:%S%.3f", float_precision=3)
    return path


def _signals(drive: pl.DataFrame, pack: Pack) -> Mapping[str, Floats]:
    def of(name: str) -> Floats:
        return drive[name].cast(pl.Float64).to_numpy()

    cell_v = of(telemetry.VOLTAGE) / pack.cells
    return {
        "Ambient temperature (℃)": of(telemetry.AIR_C),
        "Battery DC Capacity (kWh)": of(telemetry.ENERGY),
        "Battery DC Current (A)": -of(telemetry.CURRENT),
        "Battery DC Max Voltage (V)": cell_v + _CELL_SPREAD_V,
        "Battery DC Min Voltage (V)": cell_v - _CELL_SPREAD_V,
        "Battery DC Voltage (V)": of(telemetry.VOLTAGE),
        "DC Battery Temperature (℃)": of(telemetry.BATTERY_C),
        "HV EV Battery Power (kW)": -of(telemetry.POWER) / 1000,
        "OBD Module Voltage (V)": np.full(drive.height, _AUXILIARY_V),
        "State of charge (%)": of(telemetry.SOC),
        "State of health (%)": of(telemetry.SOH),
        "Vehicle speed (km/h)": of(telemetry.SPEED),
    }

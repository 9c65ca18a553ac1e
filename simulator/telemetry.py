"""Drives as telemetry: columns named by VSS paths, in VSS units and signs."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl

from simulator.driving import Drive
from simulator.files import LABEL
from simulator.habits import Vehicle
from simulator.numbers import Floats, Whole

_BATTERY = "Vehicle.Powertrain.TractionBattery"

TIMESTAMP = "Timestamp"
SPEED = "Vehicle.Speed"
SOC = f"{_BATTERY}.StateOfCharge.Current"
SOH = f"{_BATTERY}.StateOfHealth"
CURRENT = f"{_BATTERY}.CurrentCurrent"
VOLTAGE = f"{_BATTERY}.CurrentVoltage"
POWER = f"{_BATTERY}.CurrentPower"
BATTERY_C = f"{_BATTERY}.Temperature.Average"
ENERGY = f"{_BATTERY}.StateOfCharge.CurrentEnergy"
AIR_C = "Vehicle.Exterior.AirTemperature"
TRAVELED = "Vehicle.TraveledDistance"
ENGINE_RPM = "Vehicle.Powertrain.CombustionEngine.Speed"

REMARK = f"# Odometer VSS telemetry, version 1. {LABEL}\n"
REMARK_COLUMN = "remark"
"""Parquet has no line above its columns, so every row says it."""

_EPOCH = datetime.fromisoformat("1970-01-01")
_IDLE_RPM, _RPM_PER_W, _MOST_RPM = 1_150, 1 / 22, 4_500


def frame_of(vehicle: Vehicle, drives: Sequence[Drive], every_s: int = 1) -> pl.DataFrame:
    """Return one row for each second, or each `every_s` seconds; local clock.

    Current and power are positive into the battery. The speed of an engine is there for hybrids.
    """
    times = [_times(drive, every_s) for drive in drives]
    lengths = [len(part) for part in times]
    flows = [drive.flow for drive in drives]
    soc = _joined([flow.soc for flow in flows], every_s)
    soh = np.repeat([drive.soh for drive in drives], lengths)
    columns = {
        TIMESTAMP: pl.Series(np.concatenate([*times, np.zeros(0, np.int64)])).cast(
            pl.Datetime("ms")
        ),
        SPEED: _joined([drive.speed_mps for drive in drives], every_s) * 3.6,
        SOC: soc * 100,
        SOH: soh * 100,
        CURRENT: -_joined([flow.current_a for flow in flows], every_s),
        VOLTAGE: _joined([flow.voltage_v for flow in flows], every_s),
        POWER: _whole(-_joined([flow.power_w for flow in flows], every_s)),
        BATTERY_C: _joined([drive.battery_c() for drive in drives], every_s),
        ENERGY: soc * soh * (vehicle.pack.wh / 1000),
        AIR_C: np.repeat([round(drive.air_c * 2) / 2 for drive in drives], lengths),
        TRAVELED: _whole(_joined([drive.odometer_m() for drive in drives], every_s)),
    }
    if vehicle.model.has_engine:
        columns[ENGINE_RPM] = _rpm(_joined([drive.engine_w for drive in drives], every_s))
    return pl.DataFrame(columns).with_columns(pl.col(pl.Float64).cast(pl.Float32))


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Write the telemetry under a line that says that it is simulated."""
    with path.open("wb") as file:
        file.write(REMARK.encode())
        frame.write_csv(file, datetime_format="%Y-%m-%dT%H:%M:%S", float_precision=2)


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Write the telemetry with a column that says that it is simulated."""
    label = pl.lit(REMARK.strip("# \n")).alias(REMARK_COLUMN)
    rounded = frame.with_columns(pl.col(pl.Float32).round(2))
    rounded.with_columns(label).write_parquet(path, statistics=False)


def _times(drive: Drive, every_s: int) -> Whole:
    start = round((drive.at - _EPOCH).total_seconds())
    return (start + np.arange(0, len(drive.speed_mps), every_s)) * 1000


def _joined(parts: Sequence[Floats], every_s: int) -> Floats:
    return np.concatenate([*(part[::every_s] for part in parts), np.zeros(0)])


def _whole(values: Floats) -> Whole:
    return np.rint(values).astype(np.int64)


def _rpm(engine_w: Floats) -> Whole:
    running = np.minimum(_IDLE_RPM + engine_w * _RPM_PER_W, _MOST_RPM)
    return _whole(np.where(engine_w > 0, running, 0))

"""Write what vehicles of a fleet would upload, and beside it the truth about them."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import polars as pl

from simulator import car_scanner, fleet, telemetry
from simulator.faults import Fault, fault_of, spoiled
from simulator.files import LABEL
from simulator.fleet import Days
from simulator.habits import SITES

_SENSOR_FAULTS, _LOGGER = 2, 3
_IN_A_FOLDER = 1_000
_METRES_PER_KM = 1_000

Truth = dict[str, str | int | float]


class Format(StrEnum):
    """What files are written."""

    SESSIONS = "sessions"
    TELEMETRY_CSV = "telemetry-csv"
    TELEMETRY_PARQUET = "telemetry-parquet"
    CAR_SCANNER = "car-scanner"


@dataclass(frozen=True)
class Order:
    """What to write. every_s: seconds between rows. faulty: share of vehicles with a fault."""

    seed: int
    first_day: datetime
    days: int
    formats: tuple[Format, ...]
    out: Path
    every_s: int
    faulty: float
    cycles: str

    def path(self, kind: Format, number: int) -> Path:
        """Return where a vehicle's file goes, a thousand vehicles to a folder; make the folder."""
        folder = self.out / kind.value / f"{number // _IN_A_FOLDER:03}"
        folder.mkdir(parents=True, exist_ok=True)
        ending = "parquet" if kind is Format.TELEMETRY_PARQUET else "csv"
        return folder / f"simulated_{number:06}.{ending}"


def write_vehicle(order: Order, number: int) -> Truth:
    """Write the files of one vehicle, and return the truth about it. Raises UnknownCycles."""
    days = fleet.days_of(
        order.seed,
        number,
        order.first_day,
        order.days,
        source=order.cycles,
        keeps_drives=order.formats != (Format.SESSIONS,),
    )
    fault = fault_of(order.faulty, fleet.generator(order.seed, number, _SENSOR_FAULTS))
    if Format.SESSIONS in order.formats:
        content = fleet.sessions_file(order.seed, days)
        order.path(Format.SESSIONS, number).write_bytes(content)
    rows = _write_telemetry(order, days, fault)
    if Format.CAR_SCANNER in order.formats:
        rows = max(rows, _write_app_files(order, days, fault))
    return _truth(order, days, fault, rows)


def write_truths(truths: Iterable[Truth], out: Path) -> None:
    """Write one row for each vehicle to `vehicles.csv`: what no driver would ever hand in."""
    rows = sorted(truths, key=lambda truth: truth["number"])
    with (out / "vehicles.csv").open("w", encoding="utf-8", newline="") as file:
        file.write(f"# {LABEL}\n")
        table = csv.DictWriter(file, fieldnames=list(rows[0]) if rows else [], lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def _write_telemetry(order: Order, days: Days, fault: Fault) -> int:
    kinds = {Format.TELEMETRY_CSV, Format.TELEMETRY_PARQUET} & set(order.formats)
    if not kinds:
        return 0
    number = days.vehicle.number
    frame = telemetry.frame_of(days.vehicle, days.drives, order.every_s)
    frame = spoiled(frame, fault, fleet.generator(order.seed, number, _LOGGER))
    if not frame.height:
        return 0
    if Format.TELEMETRY_CSV in kinds:
        telemetry.write_csv(frame, order.path(Format.TELEMETRY_CSV, number))
    if Format.TELEMETRY_PARQUET in kinds:
        telemetry.write_parquet(frame, order.path(Format.TELEMETRY_PARQUET, number))
    return frame.height


def _write_app_files(order: Order, days: Days, fault: Fault) -> int:
    """Write a file for each drive. The app tells no dates, so none can be impossible."""
    rng = fleet.generator(order.seed, days.vehicle.number, _LOGGER)
    folder = order.path(Format.CAR_SCANNER, days.vehicle.number).with_suffix("")
    folder.mkdir(exist_ok=True)
    shown = Fault.NONE if fault is Fault.IMPOSSIBLE_DATES else fault
    seconds = 0
    for drive in days.drives:
        frame: pl.DataFrame = spoiled(telemetry.frame_of(days.vehicle, [drive]), shown, rng)
        if frame.height:
            car_scanner.write(frame, days.vehicle.pack, folder, days.vehicle.number)
        seconds += frame.height
    return seconds * car_scanner.ROWS_PER_S


def _truth(order: Order, days: Days, fault: Fault, rows: int) -> Truth:
    vehicle, habit = days.vehicle, days.vehicle.habit
    years = vehicle.years(order.first_day)
    return {
        "number": vehicle.number,
        "brand": vehicle.model.brand,
        "model": vehicle.model.name,
        "powertrain": vehicle.model.powertrain,
        "year": vehicle.first_at.year,
        "climate": vehicle.climate.name,
        "km_per_day": round(habit.km_per_day, 1),
        "commutes": int(habit.commutes),
        "temper": habit.temper,
        "usual_site": SITES[habit.usual_site],
        "age_years": round(years, 3),
        "odometer_km": vehicle.odometer_m // _METRES_PER_KM,
        "soh_first": round(vehicle.ageing.soh(years, vehicle.cycles_before), 5),
        "soh_last": round(days.soh, 5),
        "cycles_last": round(days.cycles, 2),
        "fault": fault.value,
        "drives": len(days.drives),
        "sessions": len(days.sessions),
        "rows": rows,
    }

"""Write simulated sessions as the VSS charging table that drivers upload, labelled simulated."""

import csv
import io
from collections.abc import Iterable

import numpy as np

from simulator.charging import Session
from simulator.models import CarModel

FAULTY_PART = 0.02
"""Of the rows of every charging table."""

LABEL = "SIMULATED: no real driver, vehicle or trip."
REMARK = f"# Odometer VSS charging table, version 1. {LABEL}\n"

_CHARGING = "Vehicle.Powertrain.TractionBattery.Charging.Session"

COLUMNS = (
    "Vehicle.VehicleIdentification.Brand",
    "Vehicle.VehicleIdentification.Model",
    "Vehicle.TraveledDistance",
    "Vehicle.Powertrain.TractionBattery.StateOfCharge.Displayed",
    f"{_CHARGING}.Start",
    f"{_CHARGING}.End",
    f"{_CHARGING}.Energy",
    f"{_CHARGING}.Site",
    f"{_CHARGING}.EndStateOfCharge",
)


def content_of(model: CarModel, sessions: Iterable[Session]) -> bytes:
    """Return the file: a remark, the columns, one row a session; distance in m, energy in kWh."""
    text = io.StringIO()
    text.write(REMARK)
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(_row(model, session) for session in sessions)
    return text.getvalue().encode()


def faulty(sessions: Iterable[Session], rng: np.random.Generator) -> list[Session]:
    """Spoil a few rows in the ways real files are spoiled."""
    return [
        session.spoiled(int(rng.integers(0, 3))) if rng.random() < FAULTY_PART else session
        for session in sessions
    ]


def _row(model: CarModel, session: Session) -> list[str]:
    end = "" if session.end is None else session.end.isoformat(" ", "minutes")
    return [
        model.brand,
        model.name,
        str(session.traveled_m),
        str(session.soc_percent),
        session.start.isoformat(" ", "minutes"),
        end,
        f"{session.energy_wh / 1000:.3f}",
        session.site,
        str(session.end_soc_percent),
    ]

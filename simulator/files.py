"""Write simulated sessions as the VSS charging table that drivers upload, labelled simulated."""

import csv
import io
from collections.abc import Iterable

from simulator.models import CarModel
from simulator.sessions import Session

FAULTY_PART = 0.02

REMARK = "# Odometer VSS charging table, version 1. SIMULATED: no real driver, vehicle or trip.\n"

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
)


def content_of(model: CarModel, sessions: Iterable[Session]) -> bytes:
    """Return the file: a remark, the columns, one row a session; distance in m, energy in kWh."""
    text = io.StringIO()
    text.write(REMARK)
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(_row(model, session) for session in sessions)
    return text.getvalue().encode()


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
    ]

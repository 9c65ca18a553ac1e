"""A seeded fleet of simulated drivers who drive and charge, and the files they would upload."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from simulator import cycles, files, habits
from simulator.charging import Session
from simulator.driving import Drive, Life
from simulator.habits import Vehicle

FIRST_DAY = datetime.fromisoformat("2026-08-01")
DAYS = 92
"""August, September and October 2026: three whole calendar months."""

_SESSION_FAULTS = 1


@dataclass(frozen=True)
class SimulatedDriver:
    """One simulated driver: who they are called, what they drive, what they would upload."""

    label: str
    vehicle: dict[str, str | int]
    file_name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Days:
    """What happened to one vehicle. drives and sessions in order; soh, cycles: at the end."""

    vehicle: Vehicle
    drives: list[Drive]
    sessions: list[Session]
    soh: float
    cycles: float


def fleet(seed: int, drivers: int) -> Iterator[SimulatedDriver]:
    """Yield simulated drivers; driver n is the same for every size of fleet.

    The randomness is a seeded generator on purpose: a fleet must come out the same each time.
    """
    for number in range(drivers):
        yield _driver(seed, number)


def days_of(
    seed: int,
    number: int,
    first_day: datetime = FIRST_DAY,
    days: int = DAYS,
    *,
    source: str = cycles.SYNTHETIC,
    keeps_drives: bool = True,
) -> Days:
    """Simulate one vehicle of the fleet. source: see `cycles.tape`. Raises UnknownCycles."""
    rng = np.random.default_rng([seed, number])
    life = Life(habits.vehicle(number, first_day, rng), source, rng)
    drives: list[Drive] = []
    sessions: list[Session] = []
    for event in life.days(first_day, days):
        if isinstance(event, Session):
            sessions.append(event)
        elif keeps_drives:
            drives.append(event)
    return Days(life.vehicle, drives, sessions, life.soh(life.now), life.cycles_done)


def sessions_file(seed: int, days: Days) -> bytes:
    """Return the charging table of a vehicle, a few of its rows spoiled."""
    rng = generator(seed, days.vehicle.number, _SESSION_FAULTS)
    return files.content_of(days.vehicle.model, files.faulty(days.sessions, rng))


def generator(seed: int, number: int, purpose: int) -> np.random.Generator:
    """Return the randomness of one vehicle for one purpose beside its driving."""
    return np.random.default_rng([seed, number, purpose])


def _driver(seed: int, number: int) -> SimulatedDriver:
    days = days_of(seed, number, keeps_drives=False)
    model = days.vehicle.model
    return SimulatedDriver(
        label=f"simulated-{number:06}",
        vehicle={
            "brand": model.brand,
            "model": model.name,
            "year": days.vehicle.first_at.year,
            "powertrain": model.powertrain,
        },
        file_name=f"charging_simulated_{number:06}.csv",
        content=sessions_file(seed, days),
    )

"""A seeded fleet of simulated drivers who drive and charge, and the files they would upload."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from simulator import files
from simulator.models import CAR_MODELS, CarModel
from simulator.sessions import Habit, Session, sessions_of

FIRST_DAY = datetime.fromisoformat("2026-08-01")
DAYS = 92
"""August, September and October 2026: three whole calendar months."""

_FIRST_YEAR, _YEAR_AFTER = 2018, 2027
_EVENING_H = 18.5
_MORNING_H = 8.7


@dataclass(frozen=True)
class SimulatedDriver:
    """One simulated driver: who they are called, what they drive, what they would upload."""

    label: str
    vehicle: dict[str, str | int]
    file_name: str
    content: bytes = field(repr=False)


def fleet(seed: int, drivers: int) -> Iterator[SimulatedDriver]:
    """Yield simulated drivers; driver n is the same for every size of fleet.

    The randomness is a seeded generator on purpose: a fleet must come out the same each time.
    """
    for number in range(drivers):
        yield _driver(number, np.random.default_rng([seed, number]))


def _driver(number: int, rng: np.random.Generator) -> SimulatedDriver:
    weights = np.array([model.weight for model in CAR_MODELS], dtype=float)
    model = CAR_MODELS[int(rng.choice(len(CAR_MODELS), p=weights / weights.sum()))]
    sessions = sessions_of(model, _habit(model, rng), FIRST_DAY, DAYS, rng)
    return SimulatedDriver(
        label=f"simulated-{number:06}",
        vehicle={
            "brand": model.brand,
            "model": model.name,
            "year": int(rng.integers(_FIRST_YEAR, _YEAR_AFTER)),
            "powertrain": model.powertrain,
        },
        file_name=f"charging_simulated_{number:06}.csv",
        content=files.content_of(model, _faulty(sessions, rng)),
    )


def _habit(model: CarModel, rng: np.random.Generator) -> Habit:
    """Draw a way of life: few drive far, most charge at home in the evening."""
    home = int(rng.choice(3, p=[0.62, 0.2, 0.18]))
    return Habit(
        km_per_day=float(np.clip(rng.lognormal(mean=3.4, sigma=0.65), 3, 350)),
        home=home,
        loyalty=float(rng.uniform(0.6, 0.98)),
        hour=(_EVENING_H, _MORNING_H, _EVENING_H)[home] + float(rng.normal(0, 1.6)),
        plugs_in_below=float(rng.uniform(0.3, 0.85)),
        heaviness=float(rng.normal(1.0, 0.1)) * model.wh_per_km,
    )


def _faulty(sessions: list[Session], rng: np.random.Generator) -> list[Session]:
    """Spoil a few rows in the ways real files are spoiled."""
    return [
        session.spoiled(int(rng.integers(0, 3))) if rng.random() < files.FAULTY_PART else session
        for session in sessions
    ]

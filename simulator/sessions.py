"""Days of driving and charging of one simulated car."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from simulator.models import CarModel

SITES = ("home", "work", "public")

_HOURS = (18.5, 8.7, 13.5)
_SPREADS = (1.3, 0.7, 3.5)
_FAST_W = 60_000
_FAST_PART = 0.4
_LOSS = 1.12
_FULL = 0.8
_EMPTY = 0.05
_WEEKEND = 5
_WEEKEND_PART = 0.7


@dataclass(frozen=True)
class Habit:
    """How a driver lives. home: index of the usual site; hour: usual plug-in hour there.

    loyalty: how often the usual site is used; plugs_in_below: state of charge, 0 to 1;
    heaviness: consumption in Wh per km.
    """

    km_per_day: float
    home: int
    loyalty: float
    hour: float
    plugs_in_below: float
    heaviness: float


@dataclass(frozen=True)
class Session:
    """One charging session. end None and energies below zero occur in spoiled rows only."""

    start: datetime
    end: datetime | None
    energy_wh: int
    soc_percent: int
    traveled_m: int
    site: str

    def spoiled(self, fault: int) -> "Session":
        """Return the session with a fault as chargers make them: 0 sign, 1 nothing, 2 no end."""
        if fault == 0:
            return replace(self, energy_wh=-self.energy_wh)
        return replace(self, energy_wh=0) if fault == 1 else replace(self, end=None)


def sessions_of(
    model: CarModel, habit: Habit, first_day: datetime, days: int, rng: np.random.Generator
) -> list[Session]:
    """Return the charging sessions of these days.

    State of charge falls by distance times consumption over usable battery; the car is plugged in
    on an evening when it is below the driver's threshold, or on a whim, and takes what is missing
    times 1.12, the loss of charger and battery.
    """
    sessions = []
    soc, traveled_m = float(rng.uniform(0.3, 0.9)), int(rng.integers(2_000_000, 90_000_000))
    for day in range(days):
        date = first_day + timedelta(days=day)
        part = _WEEKEND_PART if date.weekday() >= _WEEKEND else 1.0
        km = float(rng.gamma(2.0, habit.km_per_day * part / 2.0))
        traveled_m += round(km * 1000)
        soc = max(soc - km * habit.heaviness / model.battery_wh, _EMPTY)
        if soc < habit.plugs_in_below or rng.random() < 1 / 20:
            session, soc = _session(model, habit, date, (soc, traveled_m), rng)
            sessions.append(session)
    return sessions


def _session(
    model: CarModel,
    habit: Habit,
    date: datetime,
    state: tuple[float, int],
    rng: np.random.Generator,
) -> tuple[Session, float]:
    soc, traveled_m = state
    site = habit.home if rng.random() < habit.loyalty else int(rng.integers(0, 3))
    usual = habit.hour if site == habit.home else _HOURS[site]
    hour = float(np.clip(rng.normal(usual, _SPREADS[site]), 0.0, 23.98))
    start = date + timedelta(minutes=int(hour * 60))
    is_fast = SITES[site] == "public" and rng.random() < _FAST_PART
    power_w = _FAST_W if is_fast else model.charger_w
    until = min(_FULL if is_fast else float(rng.uniform(_FULL, 1.0)), 1.0)
    energy_wh = max(round((until - soc) * model.battery_wh * _LOSS), 120)
    idle = timedelta() if is_fast else timedelta(hours=float(rng.uniform(0.2, 6.0)))
    end = start + timedelta(hours=energy_wh / power_w) + idle
    session = Session(
        start=start,
        end=end.replace(second=0, microsecond=0),
        energy_wh=energy_wh,
        soc_percent=round(soc * 100),
        traveled_m=traveled_m,
        site=SITES[site],
    )
    return session, max(until, soc)

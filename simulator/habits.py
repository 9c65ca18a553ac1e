"""Who drives: a car of a model and age, somewhere, and a way of life."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import numpy as np

from simulator.ageing import Ageing, ageing_of
from simulator.battery import Pack, pack_of
from simulator.climates import CLIMATES, Climate
from simulator.models import CAR_MODELS, CarModel

HOME, WORK, PUBLIC = 0, 1, 2
SITES = ("home", "work", "public")

_LAST_YEAR = 2026
_DAYS_IN_YEAR = 365.25
_CYCLE_KM_PER_KWH = 6.0


class _Shared(Protocol):
    @property
    def share(self) -> int:
        """How common it is."""


_Kind = TypeVar("_Kind", bound=_Shared)


@dataclass(frozen=True)
class Habit:
    """How a driver lives.

    km_per_day: mean over the week. commutes: drives to work on weekdays. leaves_h, works_h: when
    and for how long. temper: index of `roads.TEMPERS`; pace: how much faster than others.
    comfort: of heating and cooling. usual_site: where the car is mostly charged; loyalty: how
    often; plugs_in_below, fills_to: state of charge, 0 to 1. home_w: of the outlet at home.
    """

    km_per_day: float
    commutes: bool
    leaves_h: float
    works_h: float
    temper: int
    pace: float
    comfort: float
    usual_site: int
    loyalty: float
    plugs_in_below: float
    fills_to: float
    home_w: int


@dataclass(frozen=True)
class Vehicle:
    """One simulated vehicle at the start. first_at: first registration; before: of the run.

    number: its place in the fleet. cycles_before: full cycles of its battery until then.
    """

    number: int
    model: CarModel
    climate: Climate
    habit: Habit
    pack: Pack
    ageing: Ageing
    first_at: datetime
    odometer_m: int
    cycles_before: float

    def years(self, at: datetime) -> float:
        """Return the age in years."""
        return max((at - self.first_at).total_seconds() / 86_400 / _DAYS_IN_YEAR, 0)


def vehicle(number: int, before: datetime, rng: np.random.Generator) -> Vehicle:
    """Draw a vehicle that was first registered before this moment."""
    model, climate = _one_of(CAR_MODELS, rng), _one_of(CLIMATES, rng)
    habit = _habit(model, rng)
    year = int(rng.integers(model.since, _LAST_YEAR + 1))
    registered = datetime.fromisoformat(f"{year}-01-01") + timedelta(days=int(rng.integers(0, 365)))
    registered = min(registered, before - timedelta(days=20))
    days = (before - registered).total_seconds() / 86_400
    km = days * habit.km_per_day * float(rng.uniform(0.8, 1.2))
    luck = float(rng.lognormal(0, 0.22))
    electric_km = km * (0.5 if model.has_engine else 1.0)
    return Vehicle(
        number=number,
        model=model,
        climate=climate,
        habit=habit,
        pack=pack_of(model),
        ageing=ageing_of(model.chemistry, climate, habit.fills_to - 0.2, luck),
        first_at=registered,
        odometer_m=round(km * 1000),
        cycles_before=electric_km / (_CYCLE_KM_PER_KWH * model.battery_wh / 1000),
    )


def _habit(model: CarModel, rng: np.random.Generator) -> Habit:
    """Draw a way of life: few drive far, most charge at home in the evening.

    Daily distances are lognormal with a median of 30 km, as travel surveys find them about.
    """
    temper = int(rng.choice(3, p=[0.35, 0.45, 0.2]))
    works_at_night = rng.random() < 1 / 16
    commutes = bool(rng.random() < 3 / 4)
    site_shares = [0.6, 0.24, 0.16] if commutes else [0.75, 0.0, 0.25]
    plugs_in_below = float(rng.uniform(0.6, 0.95) if model.has_engine else rng.uniform(0.35, 0.85))
    return Habit(
        km_per_day=float(np.clip(rng.lognormal(mean=3.4, sigma=0.65), 4, 320)),
        commutes=commutes,
        leaves_h=float(rng.normal(21.2, 0.6) if works_at_night else rng.normal(7.7, 0.8)),
        works_h=float(rng.uniform(6.5, 9.5)),
        temper=temper,
        pace=float(np.clip(rng.normal((0.96, 1.0, 1.05)[temper], 0.03), 0.85, 1.15)),
        comfort=float(rng.uniform(0.4, 1.1)),
        usual_site=int(rng.choice(3, p=site_shares)),
        loyalty=float(rng.uniform(0.6, 0.98)),
        plugs_in_below=plugs_in_below,
        fills_to=float(rng.choice([0.8, 0.9, 1.0], p=[0.45, 0.25, 0.3])),
        home_w=int(rng.choice([2_300, 3_700, 7_400, 11_000], p=[0.2, 0.25, 0.35, 0.2])),
    )


def _one_of(kinds: Sequence[_Kind], rng: np.random.Generator) -> _Kind:
    shares = np.array([kind.share for kind in kinds], dtype=float)
    return kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]

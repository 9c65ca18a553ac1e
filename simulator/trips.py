"""When and how far a driver means to go, and the speeds on the way."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from simulator import cycles, roads
from simulator.habits import Habit, Vehicle
from simulator.numbers import Floats

_WEEKEND = 5
_COMMUTE_PART = 0.3
_EXTRAS = (0.8, 1.7)
_EXTRA_HOURS = (15.5, 3.3)
_LONG_PART = 1 / 60
_LONG_KM = (90, 380)
_LEAST_KM = 0.8
_LEG_PART = 0.6
_WH_PER_KM_PER_KG = 0.105
_TOWN_ENDS_KM = 2.5
_MOTORWAY_FROM_KM = 14.0
_MOTORWAY_PART = 0.65
_KMH_PER_MPS = 3.6
_ENDS_OF_DAY_H = (6.0, 23.3)


@dataclass(frozen=True)
class Leg:
    """A way without a stop. to_work, ends_day: what waits at its end."""

    at: datetime
    km: float
    to_work: bool
    ends_day: bool


def legs(vehicle: Vehicle, first_day: datetime, days: int, rng: np.random.Generator) -> list[Leg]:
    """Return what the driver means to drive, in order; too long ways are parted by breaks.

    No way needs more than 60% of an electric car's battery, by a rough consumption of 0.105 Wh
    per km and kg.
    """
    most_km = np.inf
    if not vehicle.model.has_engine:
        heavy = _WH_PER_KM_PER_KG * (vehicle.model.mass_kg + 300)
        most_km = _LEG_PART * vehicle.model.battery_wh / heavy
    found: list[Leg] = []
    for number in range(days):
        day = first_day + timedelta(days=number)
        planned = sorted(_day(vehicle.habit, day.weekday(), rng))
        for place, (hour, km, to_work) in enumerate(planned):
            ends_day = place == len(planned) - 1
            parts = max(int(np.ceil(km / most_km)), 1)
            at = (day + timedelta(hours=hour)).replace(microsecond=0)
            found += [
                Leg(at, km / parts, to_work, ends_day and part == parts - 1)
                for part in range(parts)
            ]
    return found


def _day(
    habit: Habit,
    weekday: int,
    rng: np.random.Generator,
) -> Iterator[tuple[float, float, bool]]:
    """Yield hour, distance in km and whether it leads to work."""
    works = habit.commutes and weekday < _WEEKEND
    if works:
        leaves, km = habit.leaves_h + rng.normal(0, 0.2), _COMMUTE_PART * habit.km_per_day
        yield leaves, max(km * rng.normal(1, 0.03), _LEAST_KM), True
        back = leaves + habit.works_h + rng.normal(0, 0.4)
        yield back, max(km * rng.normal(1, 0.05), _LEAST_KM), False
    mean_km = habit.km_per_day * ((1 - 2 * _COMMUTE_PART) / _EXTRAS[0] if works else 0.6)
    for _ in range(int(rng.poisson(_EXTRAS[0] if works else _EXTRAS[1]))):
        hour = float(np.clip(rng.normal(*_EXTRA_HOURS), *_ENDS_OF_DAY_H))
        yield hour, max(rng.gamma(1.3, mean_km / 1.3), _LEAST_KM), False
    if rng.random() < _LONG_PART:
        yield rng.uniform(7, 12), rng.uniform(*_LONG_KM), False


def speeds(leg: Leg, vehicle: Vehicle, source: str, rng: np.random.Generator) -> Floats:
    """Return the speeds of the leg in m/s, one a second: town, main road, motorway, town.

    source: see `cycles.tape`.
    """
    habit, starts = vehicle.habit, rng.random(4)
    parts = [
        cycles.tape(source, road, habit.temper).stretch(float(start), km * 1000, habit.pace)
        for (road, km), start in zip(_mix(leg.km), starts, strict=True)
        if km > 0
    ]
    return np.minimum(np.concatenate(parts), vehicle.model.top_kmh / _KMH_PER_MPS)


def _mix(km: float) -> list[tuple[int, float]]:
    town = min(km / 2, _TOWN_ENDS_KM)
    rest = km - 2 * town
    motorway = rest * _MOTORWAY_PART if km >= _MOTORWAY_FROM_KM else 0.0
    return [
        (roads.TOWN, town),
        (roads.MAIN, rest - motorway),
        (roads.MOTORWAY, motorway),
        (roads.TOWN, town),
    ]

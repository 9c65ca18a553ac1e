"""When a driver plugs in, and what the battery takes until the car leaves again."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from simulator.habits import HOME, PUBLIC, SITES, WORK, Vehicle
from simulator.trips import Leg

AC_EFFICIENCY, DC_EFFICIENCY = 0.89, 0.95
"""Grid to battery. Sears, Roberts and Glitman (IEEE SusTech 2014) measured 0.894 at level 2."""

_WORK_W, _PUBLIC_W = 11_000, 22_000
_FAST_W = (50_000, 150_000)
_FAST_MEAN = 0.7
_FAST_FULL = 0.8
_FAST_PART = 0.4
_EMPTY = 0.15
_WHIM = 1 / 25
_LEAST_WH = 300
_LEAST_STAY_S = 1_500
_MOST_STAY_S = 3 * 86_400
_PLUGS_IN_AFTER_S = 120
_LEAVES_BEFORE_S = 180
_PUBLIC_STAY_S = 3 * 3_600


@dataclass(frozen=True)
class Session:
    """One charging session: energy_wh as the charger counts it, stored_wh what the battery keeps.

    Plugged from start to end; end None and energies below zero occur in spoiled rows only.
    """

    start: datetime
    end: datetime | None
    energy_wh: int
    stored_wh: float
    soc_percent: int
    end_soc_percent: int
    traveled_m: int
    site: str

    @property
    def at(self) -> datetime:
        """When it began."""
        return self.start

    def spoiled(self, fault: int) -> "Session":
        """Return the session with a fault as chargers make them: 0 sign, 1 nothing, 2 no end."""
        if fault == 0:
            return replace(self, energy_wh=-self.energy_wh)
        return replace(self, energy_wh=0) if fault == 1 else replace(self, end=None)


@dataclass(frozen=True)
class Stop:
    """A car that stands. soc: 0 to 1. full_wh: what the battery holds today. stay_s: until then."""

    at: datetime
    soc: float
    full_wh: float
    stay_s: float
    traveled_m: int


def place_of(leg: Leg, vehicle: Vehicle, rng: np.random.Generator) -> int:
    """Return where a leg ends; who has no own charger stands at a public one at night too."""
    if leg.to_work:
        return WORK
    if leg.ends_day:
        return PUBLIC if vehicle.habit.usual_site == PUBLIC else HOME
    return PUBLIC if rng.random() < 1 / 2 else HOME


def plugs_in(stop: Stop, place: int, vehicle: Vehicle, rng: np.random.Generator) -> bool:
    """Tell whether the driver plugs in: below the own threshold, mostly at the usual site."""
    habit = vehicle.habit
    if stop.stay_s < _LEAST_STAY_S:
        return False
    if stop.soc < _EMPTY:
        return not vehicle.model.has_engine or place == habit.usual_site
    is_usual = place == habit.usual_site
    wants = stop.soc < habit.plugs_in_below or rng.random() < _WHIM
    return bool(wants and rng.random() < (habit.loyalty if is_usual else 0.5 * (1 - habit.loyalty)))


def at_a_stop(stop: Stop, place: int, vehicle: Vehicle, rng: np.random.Generator) -> Session | None:
    """Return the session of a stop, None when there is hardly anything to take."""
    if place == PUBLIC and vehicle.model.dc_w and rng.random() < _FAST_PART:
        return fast(stop, vehicle, _FAST_FULL, rng)
    outlet_w = (vehicle.habit.home_w, _WORK_W, _PUBLIC_W)[place]
    power_w = min(outlet_w, vehicle.model.ac_w)
    stay_s = min(stop.stay_s - _PLUGS_IN_AFTER_S - _LEAVES_BEFORE_S, _MOST_STAY_S)
    if place == PUBLIC:
        stay_s = min(stay_s, float(rng.exponential(_PUBLIC_STAY_S)) + _LEAST_STAY_S)
    until = max(vehicle.habit.fills_to, float(rng.random() < 1 / 10))
    takes_wh = min((until - stop.soc) * stop.full_wh, power_w * AC_EFFICIENCY * stay_s / 3600)
    return _session(stop, place, takes_wh, stay_s, AC_EFFICIENCY)


def fast(stop: Stop, vehicle: Vehicle, until: float, rng: np.random.Generator) -> Session | None:
    """Return a session at a direct current charger: unplugged when the charge is reached.

    The mean power is 0.7 of the most, for it falls as the battery fills. A car without such a port
    takes alternating current.
    """
    efficiency, power_w = AC_EFFICIENCY, float(vehicle.model.ac_w)
    if vehicle.model.dc_w:
        site_w = _FAST_W[int(rng.integers(0, 2))]
        efficiency, power_w = DC_EFFICIENCY, min(vehicle.model.dc_w, site_w) * _FAST_MEAN
    takes_wh = (until - stop.soc) * stop.full_wh
    return _session(stop, PUBLIC, takes_wh, takes_wh / (power_w * efficiency) * 3600, efficiency)


def _session(
    stop: Stop, place: int, takes_wh: float, stay_s: float, efficiency: float
) -> Session | None:
    if takes_wh < _LEAST_WH:
        return None
    start = stop.at + timedelta(seconds=_PLUGS_IN_AFTER_S)
    return Session(
        start=start,
        end=start + timedelta(seconds=round(stay_s)),
        energy_wh=round(takes_wh / efficiency),
        stored_wh=takes_wh,
        soc_percent=round(stop.soc * 100),
        end_soc_percent=round((stop.soc + takes_wh / stop.full_wh) * 100),
        traveled_m=stop.traveled_m,
        site=SITES[place],
    )

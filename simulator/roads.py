"""Made-up speeds on three kinds of road, from stop to stop, at three tempers of driver.

Each stretch is: stand, speed up, hold a speed that wavers, slow down. The figures are set so that
mean speed, standing share and relative positive acceleration of the middle temper come near the
regulatory cycles: the UDDS in town, the middle of the WLTC on main roads, and between the HWFET
and the US06 on motorways.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from simulator.numbers import Floats

TOWN, MAIN, MOTORWAY = 0, 1, 2
TEMPERS: Final = (0.75, 1.0, 1.35)
"""How briskly drivers accelerate and brake: calm, usual, brisk."""

_HOURS: Final = 5
_SEED: Final = 20_260_801
_LEAST_MPS, _MOST_MPS = 3.0, 45.0
_WAVER_S = 9
_EVEN_POWER_FROM_MPS = 10.0


@dataclass(frozen=True)
class Road:
    """Means, speeds in m/s: standing and holding times in s, accelerations in m/s²."""

    stands_s: float
    speed: float
    speed_spread: float
    holds_s: float
    waver: float
    speeds_up: float
    slows_down: float


ROADS: Final = (
    Road(19.0, 11.5, 3.4, 42.0, 0.75, 0.85, 0.90),
    Road(12.0, 18.5, 3.2, 120.0, 0.70, 0.75, 0.80),
    Road(5.0, 29.5, 3.0, 900.0, 0.60, 0.70, 0.70),
)
_HARSH_SHARE: Final = (0.002, 0.012, 0.05)
_HARSH_MPS2: Final = (3.3, 4.6)


@cache
def speeds(road: int, temper: int) -> Floats:
    """Return five hours of speeds in m/s, one a second; always the same ones."""
    rng = np.random.default_rng([_SEED, road, temper])
    parts, seconds = [], 0
    while seconds < _HOURS * 3600:
        parts.append(_stretch(ROADS[road], temper, rng))
        seconds += len(parts[-1])
    return np.concatenate(parts)


def _stretch(road: Road, temper: int, rng: np.random.Generator) -> Floats:
    brisk = TEMPERS[temper]
    speed = float(np.clip(rng.normal(road.speed, road.speed_spread), _LEAST_MPS, _MOST_MPS))
    held = _waver(speed * brisk**0.15, max(int(rng.exponential(road.holds_s)), 4), road, rng)
    up = _rate(road.speeds_up * brisk, temper, rng)
    down = _rate(road.slows_down * brisk, temper, rng)
    return np.concatenate(
        [
            np.zeros(int(rng.exponential(road.stands_s)) + 1),
            _rise(up, float(held[0])),
            held,
            np.arange(down, held[-1], down)[::-1],
        ]
    )


def _rise(rate: float, speed: float) -> Floats:
    """Return speeds up to this one: even acceleration at first, even power from 10 m/s on."""
    turn_s = _EVEN_POWER_FROM_MPS / rate
    seconds = np.arange(1, turn_s + (speed / _EVEN_POWER_FROM_MPS) ** 2 * turn_s + 2)
    later = 2 * rate * _EVEN_POWER_FROM_MPS * np.maximum(seconds - turn_s, 0)
    rise = np.where(seconds < turn_s, rate * seconds, np.sqrt(_EVEN_POWER_FROM_MPS**2 + later))
    return rise[rise < speed]


def _rate(mean: float, temper: int, rng: np.random.Generator) -> float:
    if rng.random() < _HARSH_SHARE[temper]:
        return float(rng.uniform(*_HARSH_MPS2))
    return float(np.clip(mean * rng.lognormal(0, 0.3), 0.3, 2.8))


def _waver(speed: float, seconds: int, road: Road, rng: np.random.Generator) -> Floats:
    """Return a speed that is never quite held: noise smoothed over some seconds."""
    noise = rng.normal(0, road.waver * 2.4, seconds + _WAVER_S)
    kernel = np.hanning(_WAVER_S + 3)[1:-1]
    smooth = np.convolve(noise, kernel / kernel.sum(), mode="valid")[:seconds]
    return np.clip(speed + smooth, 1.0, _MOST_MPS)

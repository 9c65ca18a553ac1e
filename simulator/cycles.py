"""Speed cycles that trips follow: made up, the NEDC, or recorded ones read where they lie."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from simulator import nedc, roads
from simulator.numbers import Floats

SYNTHETIC, NEDC = "synthetic", "nedc"

_FILES: Final = (("udds",), ("udds", "wltc_3b"), ("hwfet", "us06"))
_SPEED_COLUMN: Final = "cycMps"
_LEAST_S: Final = 20
_RAMP: Final = np.arange(60) * 1.05
"""The fastest that a stretch begins and ends, in m/s second by second."""


class UnknownCycles(ValueError):
    """There are no speed cycles of this name."""


@dataclass(frozen=True)
class Tape:
    """Speeds in m/s, one a second, to be played from anywhere, over and over."""

    speeds: Floats
    reached_m: Floats

    def stretch(self, start: float, distance_m: float, pace: float) -> Floats:
        """Return speeds over about this distance, from a standstill to a standstill.

        start: where on the tape, 0 to 1. pace: speeds are times this.
        """
        seconds = len(self.speeds)
        first = int(start * seconds)
        laps, rest = divmod(float(self.reached_m[first]) + distance_m / pace, self.reached_m[-1])
        last = int(laps) * seconds + int(np.searchsorted(self.reached_m, rest)) + 1
        last = max(last, first + _LEAST_S)
        if last <= seconds:
            played = self.speeds[first:last] * pace
        else:
            played = self.speeds.take(np.arange(first, last), mode="wrap") * pace
        ramp = _RAMP[: len(played)]
        np.minimum(played[: len(ramp)], ramp, out=played[: len(ramp)])
        np.minimum(played[-len(ramp) :], ramp[::-1], out=played[-len(ramp) :])
        return played


@cache
def tape(cycles: str, road: int, temper: int) -> Tape:
    """Return the tape of a road. cycles: `synthetic`, `nedc` or a folder of recorded cycles.

    The folder holds udds, hwfet, us06 and wltc_3b.csv with a column `cycMps`, one row a second.

    Raises UnknownCycles.
    """
    speeds = _speeds(cycles, road, temper)
    return Tape(speeds, np.cumsum(speeds))


def _speeds(cycles: str, road: int, temper: int) -> Floats:
    if cycles == SYNTHETIC:
        return roads.speeds(road, temper)
    if cycles == NEDC:
        return nedc.urban() if road == roads.TOWN else nedc.extra_urban()
    return np.concatenate([_recorded(Path(cycles) / f"{name}.csv") for name in _FILES[road]])


def _recorded(file: Path) -> Floats:
    try:
        with file.open(encoding="utf-8-sig") as lines:
            place = next(lines).strip().split(",").index(_SPEED_COLUMN)
            return np.array([float(line.split(",")[place]) for line in lines if line.strip()])
    except (OSError, ValueError, StopIteration) as error:
        raise UnknownCycles(f"{file}: no speed cycle with a column {_SPEED_COLUMN}") from error

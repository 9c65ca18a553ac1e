"""The New European Driving Cycle by its break points, as UN Regulation No. 83, annex 4a, has it."""

import numpy as np

from simulator.numbers import Floats

# (seconds, km/h): the speed goes straight from point to point; changes of gear are smoothed out.
_URBAN = (
    *((0, 0), (11, 0), (15, 15), (23, 15), (28, 0), (49, 0), (61, 32), (85, 32), (96, 0)),
    *((117, 0), (143, 50), (155, 50), (163, 35), (176, 35), (188, 0), (195, 0)),
)
_EXTRA_URBAN = (
    *((0, 0), (20, 0), (61, 70), (111, 70), (119, 50), (188, 50), (201, 70), (251, 70)),
    *((286, 100), (316, 100), (336, 120), (346, 120), (362, 80), (370, 50), (380, 0), (400, 0)),
)


def urban() -> Floats:
    """Return the urban part (ECE 15), 195 s, in m/s."""
    return _speeds(_URBAN)


def extra_urban() -> Floats:
    """Return the part out of town (EUDC), 400 s, in m/s."""
    return _speeds(_EXTRA_URBAN)


def _speeds(points: tuple[tuple[int, int], ...]) -> Floats:
    seconds, speeds = zip(*points, strict=True)
    return np.interp(np.arange(seconds[-1]), seconds, np.divide(speeds, 3.6))

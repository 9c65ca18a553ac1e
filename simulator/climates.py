"""Climates and the air temperature of an hour in them."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from simulator.numbers import Floats

_WARMEST_DAY = 200
_WARMEST_HOUR = 15
_DAYS, _HOURS = 365.25, 24.0
_KEPT_FROM_YESTERDAY = 0.7
_SPREAD_K = 2.5


@dataclass(frozen=True)
class Climate:
    """mean_c: of the year; season_k, day_k: how far summer and afternoon are above their means.

    share: of the fleet, not to scale.
    """

    name: str
    mean_c: float
    season_k: float
    day_k: float
    share: int

    def air_c(self, at: datetime, weather_k: float) -> float:
        """Return the air temperature in °C. weather_k: how much warmer the day is than usual.

        Two cosines, over the year and over the day, and the weather: the first harmonics of the
        climate normals.
        """
        hour = at.hour + at.minute / 60
        season = np.cos(2 * np.pi * (at.timetuple().tm_yday - _WARMEST_DAY) / _DAYS)
        day = np.cos(2 * np.pi * (hour - _WARMEST_HOUR) / _HOURS)
        return float(self.mean_c + self.season_k * season + self.day_k * day + weather_k)

    def year_c(self) -> Floats:
        """Return the mean temperature of each week of a year."""
        weeks = np.arange(52) / 52
        return self.mean_c + self.season_k * np.cos(2 * np.pi * weeks)


# Means and half ranges of the 1991 to 2020 climate normals as the weather services publish them,
# rounded to half a degree.
CLIMATES = (
    Climate("Oslo", 6.5, 11.0, 4.0, 15),
    Climate("Munich", 9.5, 9.5, 4.5, 20),
    Climate("Beijing", 13.0, 15.5, 5.0, 20),
    Climate("Shanghai", 17.0, 12.0, 3.5, 20),
    Climate("Guangzhou", 22.5, 7.5, 3.5, 15),
    Climate("Phoenix", 24.0, 12.0, 7.0, 10),
)


def weather_k(days: int, rng: np.random.Generator) -> Floats:
    """Return how much warmer each day is than usual: warm days follow on warm days (AR 1)."""
    fresh = rng.normal(0, _SPREAD_K * np.sqrt(1 - _KEPT_FROM_YESTERDAY**2), days)
    fresh[0] = rng.normal(0, _SPREAD_K)
    for day in range(1, days):
        fresh[day] += _KEPT_FROM_YESTERDAY * fresh[day - 1]
    return fresh

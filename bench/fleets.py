"""Cheap made-up fleets in the columns that importers make: a month of trips, one of sessions.

Spreads are about those of the simulated fleet (`simulator/`); nothing here is computed by physics.
"""

import numpy as np
import polars as pl

WINDOW = "2026-10"
MODELS = (
    "BYD Dolphin",
    "BYD Seagull",
    "Tesla Model 3",
    "Tesla Model Y",
    "Wuling Hongguang MINI EV",
    "Another",
)
SITES = ("home", "work", "public")

_MODEL_SHARES = (0.18, 0.2, 0.16, 0.18, 0.14, 0.14)
_START_HOURS = np.array([1] * 6 + [6, 12, 10, 6, 5, 6, 8, 8, 9, 10, 12, 14, 12, 8, 6, 4, 3, 2.0])
_LEAST_TRIPS, _TRIPS = 10, 50
_LEAST_SESSIONS, _SESSIONS = 2, 10


def trips(drivers: int, seed: int) -> pl.DataFrame:
    """Return the trips of a month; a few drive much, most little."""
    numbers = np.random.default_rng(seed)
    driver = np.repeat(np.arange(drivers), _LEAST_TRIPS + numbers.poisson(_TRIPS, drivers))
    rows = driver.size
    km = numbers.lognormal(2.6, 0.6, drivers)[driver] * numbers.lognormal(0, 0.6, rows)
    model = numbers.choice(len(MODELS), drivers, p=_MODEL_SHARES)
    driven_km = numbers.gamma(1.4, 30_000, drivers).clip(500, 380_000)
    speed = (numbers.normal(38, 7, drivers)[driver] + numbers.normal(0, 10, rows)).clip(8, 130)
    degrees = numbers.normal(12, 9, drivers)[driver] + numbers.normal(0, 4, rows)
    energy = numbers.normal(145, 26, drivers)[driver] + numbers.normal(0, 12, rows)
    energy += 1.6 * np.abs(degrees - 20) + 0.25 * (speed - 38)
    roughness = numbers.gamma(0.8, 0.02, drivers)[driver]
    at_night = numbers.random(rows) < numbers.beta(0.4, 6, drivers)[driver]
    share_fast = numbers.beta(0.3, 8, drivers)[driver]
    return _frame(
        driver,
        {
            "vehicle_model": np.array(MODELS)[model[driver]],
            "vehicle_age_y": np.floor(driven_km / 13_000 * numbers.uniform(0.6, 1.6, drivers))[
                driver
            ],
            "odometer_m": driven_km[driver] * 1000,
            "soh_permille": _health(model, driven_km, numbers)[driver] * 10,
            "start_hour": numbers.choice(24, rows, p=_START_HOURS / _START_HOURS.sum()),
            "distance_m": km * 1000,
            "duration_s": km / speed * 3600,
            "speed_dkmh": speed * 10,
            "ambient_temp_dc": degrees * 10,
            "energy_wh_per_km": energy.clip(60, 600),
            "harsh_events": numbers.poisson(km * roughness),
            "night_distance_m": km * at_night * 1000,
            "speeding_distance_m": km * share_fast * (speed > 40) * 1000,  # noqa: PLR2004  # km/h
        },
    )


def sessions(drivers: int, seed: int) -> pl.DataFrame:
    """Return the charging sessions of a month; most are at one site of the driver's."""
    numbers = np.random.default_rng(seed)
    driver = np.repeat(np.arange(drivers), _LEAST_SESSIONS + numbers.poisson(_SESSIONS, drivers))
    rows = driver.size
    usual = numbers.choice(3, drivers, p=[0.65, 0.15, 0.2])[driver]
    site = np.where(numbers.random(rows) < 0.85, usual, 2)  # noqa: PLR2004  # shares, ours
    start = (numbers.normal(48, 14, drivers)[driver] + numbers.normal(0, 12, rows)).clip(2, 95)
    end = (start + numbers.normal(37, 9, drivers)[driver].clip(5)).clip(start + 1, 100)
    energy = (end - start) / 100 * numbers.lognormal(3.75, 0.45, drivers)[driver].clip(12, 100)
    power = np.array([3.0, 6.0, 14.0])[site] * numbers.lognormal(0, 0.7, rows)
    return _frame(
        driver,
        {
            "site": np.array(SITES)[site],
            "plug_in_hour": numbers.choice(24, rows, p=_START_HOURS / _START_HOURS.sum()),
            "energy_wh": energy * 1000,
            "power_w": power * 1000,
            "start_soc_permille": start * 10,
            "end_soc_permille": end * 10,
        },
    )


def _frame(driver: np.ndarray, columns: dict[str, np.ndarray]) -> pl.DataFrame:
    """Return whole numbers, as the importers do."""
    whole = {
        name: values if values.dtype.kind == "U" else np.rint(values).astype(np.int64)
        for name, values in columns.items()
    }
    return pl.DataFrame({"driver": driver, "window": [WINDOW] * driver.size, **whole})


def _health(model: np.ndarray, km: np.ndarray, numbers: np.random.Generator) -> np.ndarray:
    """Percent: falls with the distance, at the model's and the battery's own pace."""
    pace = numbers.uniform(0.7, 1.3, len(MODELS))[model] * numbers.lognormal(0, 0.4, model.size)
    lost = 4.0 * pace * np.sqrt(km / 10_000) + numbers.gamma(1, 0.6, model.size)
    return np.asarray((99.5 - lost).clip(45, 100))

"""Made-up fleets: one that is kind to an estimator of added effects, and one that is not."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

MODELS = [f"Model {number:02d}" for number in range(20)]
TEMPERATURES = ["-20", "-5", "5", "15", "25", "35", "45"]
WINDOW = "2026-10"
AT = ("0.1", "0.25", "0.5", "0.75", "0.9")

SPEC: dict[str, Any] = {
    "version": 1,
    "title": "Energy use by model and temperature, battery health by model",
    "source": "driving",
    "windows": [WINDOW],
    "group_by": [
        {"key": "vehicle_model", "domain": MODELS},
        {"key": "ambient_temperature", "unit": "degC", "bins": TEMPERATURES},
    ],
    "statistics": [
        {
            "name": "consumption",
            "kind": "mean",
            "signal": "consumption",
            "unit": "Wh/km",
            "clamp": ["0", "600"],
            "range": "dp",
            "expected": ["120", "163", "191", "210", "237"],
            "within": "0.5",
        },
        {
            "name": "soh",
            "kind": "quantiles",
            "level": "first",
            "signal": "state_of_health",
            "unit": "%",
            "clamp": ["70", "100"],
            "at": list(AT),
            "expected": ["85.1", "90.6", "92.8", "94.7", "98.2"],
            "within": "0.89",
        },
    ],
    "l0": 6,
    "l0_first": 1,
    "min_cohort": 10,
    "rho_micro": 28_000,
}
"""rho 0.028 is epsilon 1 at delta 1e-6 by the exact Gaussian curve."""

_HAS_BIN = (0.85, 0.95, 1.0, 1.0, 0.95, 0.85)
_BIN_DC = (-100, 0, 100, 200, 300, 400)
_BIN_EFFECT = (55.0, 30.0, 8.0, 0.0, 6.0, 18.0)


def table(drivers: int, seed: int, *, is_kind: bool) -> pl.DataFrame:
    """Return one row per driver and temperature bin: consumption and battery health.

    The kind world: models of like size; consumption is model + temperature + driver + chance;
    health is model + age + chance. The unkind one: sizes far apart; every model and driver takes
    temperature in its own way; drivers are skewed, batteries age at their model's own pace, and one
    in ten has lost much more.
    """
    numbers = np.random.default_rng(seed)
    sizes = numbers.dirichlet(np.full(len(MODELS), 60.0 if is_kind else 3.0))
    model = numbers.choice(len(MODELS), drivers, p=sizes)
    driver, bin_ = np.nonzero(numbers.random((drivers, 6)) < np.array(_HAS_BIN))
    own = numbers.normal(0, 14, drivers)
    taken = np.array(_BIN_EFFECT)[bin_]
    if not is_kind:
        own = numbers.gamma(2.0, 12, drivers) - 24
        taken = taken * numbers.uniform(0.6, 1.5, drivers)[driver]
        taken = taken + numbers.normal(0, 8, (len(MODELS), 6))[model[driver], bin_]
    effect = numbers.normal(0, 25, len(MODELS))[model[driver]]
    energy = 165 + effect + taken + own[driver] + numbers.normal(0, 8, driver.size)
    health = _health(model, numbers, is_kind=is_kind)[driver]
    return pl.DataFrame(
        {
            "driver": driver.astype(np.int64),
            "window": [WINDOW] * driver.size,
            "vehicle_model": np.array(MODELS)[model[driver]],
            "ambient_temp_dc": np.array(_BIN_DC)[bin_].astype(np.int64),
            "energy_wh_per_km": np.rint(energy.clip(60, 600)).astype(np.int64),
            "soh_permille": np.rint(health.clip(40, 100) * 10).astype(np.int64),
        }
    )


def _health(model: np.ndarray, numbers: np.random.Generator, *, is_kind: bool) -> np.ndarray:
    age = numbers.gamma(3, 1.3, model.size)
    if is_kind:
        effect = numbers.normal(0, 1.5, len(MODELS))[model]
        return np.asarray(97 + effect - 1.2 * age + numbers.normal(0, 1.2, model.size))
    pace = numbers.uniform(1.0, 2.2, len(MODELS))[model]
    lost = (numbers.random(model.size) < 0.1) * numbers.uniform(3, 15, model.size)  # noqa: PLR2004
    return np.asarray(100 - pace * age - numbers.gamma(2, 0.8, model.size) - lost)


def write_rows(path: Path, *, rows: int, drivers: int, seed: int) -> None:
    """Write many rows of the unkind fleet: a few heavy drivers, many light ones."""
    base = table(drivers, seed, is_kind=False)
    numbers = np.random.default_rng(seed)
    weight = numbers.pareto(1.5, base.height) + 0.1
    taken = np.sort(numbers.choice(base.height, rows, p=weight / weight.sum()))
    energy = base["energy_wh_per_km"].to_numpy()[taken] * numbers.lognormal(0, 0.15, rows)
    frame = base[taken].with_columns(
        pl.Series("energy_wh_per_km", np.rint(energy).astype(np.int64)),
        pl.Series("ambient_temp_dc", base["ambient_temp_dc"].to_numpy()[taken])
        + pl.Series(numbers.integers(-40, 40, rows)),
    )
    frame.write_parquet(path)

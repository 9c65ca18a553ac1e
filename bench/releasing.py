"""What privacy costs in time: a private release against the same figures without noise."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from anonymize.domain import cells, contributions, estimates, mechanisms, queries
from bench.timing import median_s, paired_s

DRIVERS = 10_000
ROWS = 1_000_000
MODELS = [f"Model {number:02d}" for number in range(20)]

SPEC = {
    "version": 1,
    "title": "Energy per session by car model",
    "source": "charging_sessions",
    "windows": ["2026-10"],
    "group_by": [{"key": "vehicle_model", "domain": MODELS}],
    "statistics": [
        {
            "name": "energy_mean",
            "kind": "mean",
            "signal": "energy_per_session",
            "unit": "kWh",
            "clamp": ["0", "60"],
        }
    ],
    "l0": 1,
    "min_cohort": 20,
    "rho_micro": 24_360,
}


def measure() -> Mapping[str, float]:
    """Return seconds and ratios for 1 M made-up rows of 10,000 drivers; and the median error."""
    frame = _rows()
    query = queries.plan_of(SPEC)
    private, raw = paired_s(lambda: _private(frame, query), lambda: _raw(frame))
    exact = median_s(lambda: _exact(frame, query))
    return {
        "rows": ROWS,
        "drivers": DRIVERS,
        "private_s": private,
        "exact_two_level_s": exact,
        "raw_group_by_s": raw,
        "private_over_exact": private / exact,
        "private_over_raw": private / raw,
        "mean_error_10k": _median_error(frame, query),
    }


def _private(frame: pl.DataFrame, query: queries.Query) -> pl.DataFrame:
    layout = cells.layout_of(query)
    bounded = _exact(frame, query)
    noised = mechanisms.noise(
        cells.encode(bounded, layout), sensitivity=layout.sensitivity, rho_micro=query.rho_micro
    )
    return estimates.estimate(noised, layout).frame


def _exact(frame: pl.DataFrame, query: queries.Query) -> pl.DataFrame:
    table = contributions.partials(frame, query, by=[contributions.DRIVER])
    return contributions.bound_table(table, query, lambda of, take: list(range(of))[:take])


def _raw(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.group_by("vehicle_model").agg(pl.col("energy_wh").mean(), pl.len())


def _median_error(frame: pl.DataFrame, query: queries.Query) -> float:
    """Return the median relative error of the released group means, over ten draws."""
    by_driver = frame.group_by("driver", "vehicle_model").agg(pl.col("energy_wh").mean())
    truth = by_driver.group_by("vehicle_model").agg(pl.col("energy_wh").mean() / 1000)
    errors: list[float] = []
    for _ in range(10):
        told = _private(frame, query).join(truth, on="vehicle_model")
        gap = (told["energy_mean"] - told["energy_wh"]).abs() / told["energy_wh"]
        errors += gap.drop_nulls().to_list()
    return float(np.median(errors))


def _rows() -> pl.DataFrame:
    """Return made-up sessions: a few heavy drivers, many light ones."""
    numbers = np.random.default_rng(7)
    weight = numbers.pareto(1.5, DRIVERS) + 0.1
    driver = numbers.choice(DRIVERS, ROWS, p=weight / weight.sum())
    model = numbers.integers(0, len(MODELS), DRIVERS)
    level = numbers.gamma(8, 2.2, DRIVERS) * 1000
    energy = np.clip(numbers.normal(level[driver], 4000), 100, 90_000).astype(np.int64)
    return pl.DataFrame(
        {
            "driver": driver.astype(np.int64),
            "window": ["2026-10"] * ROWS,
            "vehicle_model": [MODELS[index] for index in model[driver]],
            "energy_wh": energy,
            "plug_in_hour": numbers.integers(0, 24, ROWS).astype(np.int64),
        }
    )

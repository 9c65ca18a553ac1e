"""The error promised is the error released, in a cohort in which what was expected holds."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.special import ndtri

from anonymize.domain import contributions, drawing, promises, queries
from anonymize.domain.accounting import scale_of
from anonymize.domain.mechanisms import Noised

DRIVERS, BUILDS = 3_000, 60
MODELS = ["Small", "Middle", "Large"]
ENERGY = {
    "signal": "consumption",
    "unit": "Wh/km",
    "clamp": ["0", "400"],
    "expected": ["110", "245"],
}
HEALTH = {
    "signal": "state_of_health",
    "unit": "%",
    "clamp": ["40", "100"],
    "expected": ["84.5", "98"],
}
STATISTICS: list[dict[str, Any]] = [
    {"name": "energy", "kind": "mean", **ENERGY},
    {"name": "bought", "kind": "mean", **ENERGY, "clamp": ["0", "900"], "range": "dp"},
    {"name": "spread", "kind": "variance", **ENERGY},
    {"name": "health", "kind": "quantiles", **HEALTH, "at": ["0.2", "0.5", "0.8"]},
    {
        "name": "energy_bins",
        "kind": "histogram",
        "signal": "consumption",
        "unit": "Wh/km",
        "bins": ["0", "100", "150", "400"],
        "expected": ["110", "245"],
    },
    {"name": "total", "kind": "sum", **ENERGY},
    {"name": "records", "kind": "count", "clamp": ["0", "10"], "expected": ["0.5", "1.5"]},
    {
        "name": "per_health",
        "kind": "rate",
        **ENERGY,
        "per": {**HEALTH, "clamp": ["0", "150"]},
    },
]


@pytest.fixture(scope="module")
def query():
    return queries.plan_of(
        {
            "version": 1,
            "title": "Everything, where what is expected holds",
            "source": "driving",
            "windows": ["2026-10"],
            "group_by": [{"key": "vehicle_model", "domain": MODELS}],
            "statistics": STATISTICS,
            "l0": 1,
            "min_cohort": 20,
            "rho_micro": 100_000,
        }
    )


@pytest.fixture(scope="module")
def tables(query):
    """Builds over one cohort of even bells, with normal noise of the mechanism's scale."""
    rng = np.random.default_rng(6)
    even = ndtri((np.arange(DRIVERS // 3) + 0.5) / (DRIVERS // 3))
    energy, health = (
        (middle + sd * np.array([rng.permutation(even) for _ in MODELS])).T.ravel()
        for middle, sd in ((177.5, 34.4), (91.25, 3.44))
    )
    rows = pl.DataFrame(
        {
            "driver": np.arange(DRIVERS),
            "window": ["2026-10"] * DRIVERS,
            "vehicle_model": np.array(MODELS)[np.arange(DRIVERS) % 3],
            "energy_wh_per_km": np.rint(energy.clip(0)).astype(int),
            "soh_permille": np.rint(health * 10).clip(0, 1_000).astype(int),
        }
    )
    parts = contributions.partials(rows, query, by=[contributions.DRIVER])
    bounded = contributions.bound_table(parts, query, lambda _of, take: list(range(take)))

    def noise(vector, *, sensitivity, rho_micro):
        scale = scale_of(sensitivity=sensitivity, rho_micro=rho_micro)
        values = np.rint(np.array(vector) + rng.normal(0, scale, len(vector)))
        return Noised(tuple(values.astype(np.int64).tolist()), scale, rho_micro)

    return [drawing.draw(bounded, query, noise=noise).estimated.frame for _ in range(BUILDS)]


def realised(tables, name, level):
    """The half width in the middle of builds, and in the middle of the rows of a level."""
    rows = [one.filter(pl.col("level") == level) for one in tables]
    halves = np.array([((one[f"{name}_high"] - one[f"{name}_low"]) / 2).to_numpy() for one in rows])
    return float(np.median(np.median(halves, axis=0)))


@pytest.mark.parametrize("level", ["all", "group"])
def test_every_column_is_within_a_tenth_of_its_promise(query, tables, level):
    told = {one.column: one for one in promises.promise(query, DRIVERS).columns}
    promised = {name: one.whole if level == "all" else one.group for name, one in told.items()}
    ratios = {name: realised(tables, name, level) / promised[name] for name in query.figure_names}
    assert all(0.9 < ratio < 1.1 for ratio in ratios.values()), str(ratios)


def test_the_worst_is_no_less_than_what_is_released(query, tables):
    told = {one.column: one for one in promises.promise(query, DRIVERS).columns}
    for name in query.figure_names:
        assert realised(tables, name, "group") <= 1.02 * told[name].most, name


def test_what_is_expected_makes_the_promise_smaller_where_it_helps(query):
    plain = promises.half_widths(query, 1_000)
    blunt = [{key: value for key, value in one.items() if key != "expected"} for one in STATISTICS]
    blunt[-1] = {**blunt[-1], "per": {k: v for k, v in blunt[-1]["per"].items() if k != "expected"}}
    spec = {
        "version": 1,
        "title": "The same with nothing expected",
        "source": "driving",
        "windows": ["2026-10"],
        "group_by": [{"key": "vehicle_model", "domain": MODELS}],
        "statistics": blunt,
        "l0": 1,
        "min_cohort": 20,
        "rho_micro": 100_000,
    }
    less = promises.half_widths(queries.plan_of(spec), 1_000)
    for name in ("energy", "bought", "spread", "health_p20", "energy_bins_0-100", "per_health"):
        assert plain[name] < less[name], name

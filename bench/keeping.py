"""Whether every kind of figure keeps its interval and its promise, over many simulated builds."""

from collections.abc import Mapping
from statistics import median
from typing import Any

from bench import accuracy, worlds

BUILDS = 1_000
DRIVERS = 4_000

_ENERGY = {"signal": "consumption", "unit": "Wh/km", "clamp": ["0", "400"]}
_HEALTH = {"signal": "state_of_health", "unit": "%", "clamp": ["40", "100"]}
_EVERY = [
    {"name": "energy", "kind": "mean", **_ENERGY, "expected": ["110", "245"]},
    {"name": "spread", "kind": "variance", **_ENERGY},
    {
        "name": "health",
        "kind": "quantiles",
        **_HEALTH,
        "at": ["0.1", "0.5", "0.9"],
        "expected": ["84.5", "98"],
    },
    {
        "name": "energy_bins",
        "kind": "histogram",
        "signal": "consumption",
        "unit": "Wh/km",
        "bins": ["0", "150", "180", "220", "400"],
    },
    {"name": "total", "kind": "sum", **_ENERGY, "clamp": ["0", "2000"]},
    {"name": "records", "kind": "count", "clamp": ["0", "10"]},
    {
        "name": "per_degree",
        "kind": "rate",
        **_ENERGY,
        "clamp": ["0", "2000"],
        "per": {"signal": "state_of_health", "unit": "%", "clamp": ["0", "1000"]},
    },
]
PRODUCTS: Mapping[str, dict[str, Any]] = {
    "bought_range_two_keys": {
        **worlds.SPEC,
        "statistics": [
            worlds.SPEC["statistics"][0],
            {**worlds.SPEC["statistics"][1], "clamp": ["40", "100"]},
        ],
    },
    "every_kind_one_key": {
        **{key: value for key, value in worlds.SPEC.items() if key != "l0_first"},
        "group_by": [{"key": "vehicle_model", "domain": worlds.MODELS[:4]}],
        "statistics": _EVERY,
        "l0": 1,
        "rho_micro": 100_000,
    },
}


def measure() -> Mapping[str, float]:
    """Return the least and the greatest coverage of any column, and the kept promises."""
    unkind, kind = (worlds.table(DRIVERS, 5, is_kind=is_kind) for is_kind in (False, True))
    found: list[float] = []
    ratios: list[float] = []
    for spec in PRODUCTS.values():
        found += accuracy.coverage(spec, unkind, BUILDS)
        ratios += accuracy.promise_ratios(spec, kind)
    return {
        "coverage_min": min(found),
        "coverage_max": max(found),
        "promise_error_ratio": median(ratios),
        "promise_error_ratio_min": min(ratios),
        "promise_error_ratio_max": max(ratios),
    }

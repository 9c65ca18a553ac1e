"""Whether the products and every kind of figure keep interval and promise, over many builds."""

from collections.abc import Mapping
from statistics import median
from typing import Any

from anonymize.domain import products
from anonymize.domain.products import StandardProduct
from bench import accuracy, fleets, worlds

BUILDS = 1_000
IN_ONE_STEP = 3
"""So many times more builds where no range is bought: most columns there have one row alone."""

DRIVERS = 4_000
SEED = 11
"""Of the simulated fleet; what products expect was chosen with another."""

_ENERGY = {"signal": "consumption", "unit": "Wh/km", "clamp": ["0", "400"]}
_HEALTH = {"signal": "state_of_health", "unit": "%", "clamp": ["40", "100"]}
_EVERY = [
    {"name": "energy", "kind": "mean", **_ENERGY, "expected": ["120", "237"]},
    {"name": "spread", "kind": "variance", **_ENERGY, "expected": ["120", "237"], "within": "0.46"},
    {
        "name": "health",
        "kind": "quantiles",
        **_HEALTH,
        "at": ["0.1", "0.5", "0.9"],
        "expected": ["85.1", "90.6", "92.8", "94.7", "98.2"],
        "within": "0.89",
    },
    {
        "name": "energy_bins",
        "kind": "histogram",
        "signal": "consumption",
        "unit": "Wh/km",
        "bins": ["0", "150", "180", "220", "400"],
        "expected": ["110", "245"],
    },
    {"name": "total", "kind": "sum", **_ENERGY, "clamp": ["0", "2000"]},
    {"name": "records", "kind": "count", "clamp": ["0", "10"]},
    {
        "name": "per_degree",
        "kind": "rate",
        **_ENERGY,
        "clamp": ["0", "2000"],
        "expected": ["609", "1058", "1406"],
        "per": {
            "signal": "state_of_health",
            "unit": "%",
            "clamp": ["0", "1000"],
            "expected": ["370", "542", "586"],
        },
    },
]
KINDS: Mapping[str, dict[str, Any]] = {
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
"""Questions that have every kind of statistic, over the bench's own worlds."""


def measure(builds: int = BUILDS) -> Mapping[str, float]:
    """Return the least and greatest coverage of any column, and how promises are kept.

    Over the standard products, all together and each by its name; `kinds`: the bench's own
    questions.
    """
    covered: list[float] = []
    ratios: list[float] = []
    told: dict[str, float] = {"coverage_builds": builds}
    for product in products.standard_products():
        found, kept = of_product(product, builds)
        covered += found
        ratios += kept
        told |= _told(f"_{product.name}", found, kept)
    return _told("", covered, ratios) | told | _told("_kinds", *of_kinds(builds))


def of_product(product: StandardProduct, builds: int) -> tuple[list[float], list[float]]:
    """Return the coverage and the kept promise of each column of a product."""
    spec = products.spec_of(product.name, [fleets.WINDOW])
    rows = fleets.simulated(SEED)[product.source]
    is_bought = any("range" in one for one in spec["statistics"])
    found = accuracy.coverage(spec, rows, builds if is_bought else IN_ONE_STEP * builds)
    return list(found), list(accuracy.promise_ratios(spec, rows))


def of_kinds(builds: int) -> tuple[list[float], list[float]]:
    """Return the coverage in the unkind world, and the kept promise in the kind one."""
    unkind, kind = (worlds.table(DRIVERS, 5, is_kind=is_kind) for is_kind in (False, True))
    found: list[float] = []
    kept: list[float] = []
    for spec in KINDS.values():
        found += accuracy.coverage(spec, unkind, builds)
        kept += accuracy.promise_ratios(spec, kind)
    return found, kept


def _told(of: str, covered: list[float], ratios: list[float]) -> dict[str, float]:
    return {
        f"coverage_min{of}": min(covered),
        f"coverage_max{of}": max(covered),
        f"promise_error_ratio{of}": median(ratios),
        f"promise_error_ratio_min{of}": min(ratios),
        f"promise_error_ratio_max{of}": max(ratios),
    }

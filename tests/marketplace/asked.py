"""Questions with every kind of figure."""

from typing import Any

EVERY_KIND: list[dict[str, Any]] = [
    {"name": "trips", "kind": "count", "clamp": ["0", "200"]},
    {
        "name": "night",
        "kind": "sum",
        "signal": "night_distance",
        "unit": "km",
        "clamp": ["0", "2000"],
    },
    {
        "name": "heat",
        "kind": "mean",
        "signal": "battery_temperature",
        "unit": "degC",
        "clamp": ["-20", "60"],
    },
    {
        "name": "cold",
        "kind": "variance",
        "signal": "ambient_temperature",
        "unit": "degC",
        "clamp": ["-30", "50"],
    },
    {
        "name": "soh",
        "kind": "quantiles",
        "signal": "state_of_health",
        "unit": "%",
        "clamp": ["70", "100"],
        "at": ["0.1", "0.9"],
    },
    {
        "name": "start",
        "kind": "histogram",
        "signal": "start_hour",
        "unit": "h",
        "bins": ["0", "8", "16", "24"],
    },
    {
        "name": "harsh",
        "kind": "rate",
        "signal": "harsh_events",
        "unit": "events",
        "clamp": ["0", "200"],
        "per": {"signal": "distance", "unit": "km", "clamp": ["0", "3000"], "amount": "100"},
    },
]


def asked(*statistics: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a question about October's trips."""
    return {
        "version": 1,
        "title": "Everything at once",
        "source": "driving",
        "windows": ["2026-10"],
        "group_by": [],
        "statistics": list(statistics),
        "l0": 1,
        "min_cohort": 20,
        "rho_micro": 200_000,
    } | changes

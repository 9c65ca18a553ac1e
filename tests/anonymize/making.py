"""Small specs, frames and cohorts for tests of the privacy core."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from anonymize.domain import cells, contributions, queries
from anonymize.formats.sessions import Session, frame_of

MEAN = {
    "name": "energy_mean",
    "kind": "mean",
    "signal": "energy_per_session",
    "unit": "kWh",
    "clamp": ["0", "40"],
}
HISTOGRAM = {
    "name": "plug_in_hour",
    "kind": "histogram",
    "signal": "plug_in_hour",
    "unit": "h",
    "bins": ["0", "8", "16", "24"],
}
QUANTILES = {
    "name": "energy_quantiles",
    "kind": "quantiles",
    "signal": "energy_per_session",
    "unit": "kWh",
    "clamp": ["0", "40"],
    "at": ["0.1", "0.5", "0.9"],
}
VARIANCE = {**MEAN, "name": "energy_variance", "kind": "variance"}
SUM = {**MEAN, "name": "energy_sum", "kind": "sum", "clamp": ["0", "200"]}
COUNT = {"name": "sessions", "kind": "count", "clamp": ["0", "30"]}
RATE = {
    "name": "energy_per_hour",
    "kind": "rate",
    "signal": "energy_per_session",
    "unit": "kWh",
    "clamp": ["0", "200"],
    "per": {"signal": "plug_in_hour", "unit": "h", "clamp": ["0", "300"]},
}
BOUGHT = {**MEAN, "clamp": ["0", "400"], "range": "dp", "expected": ["2", "30"]}
EVERY_KIND = [MEAN, HISTOGRAM, QUANTILES, VARIANCE, SUM, COUNT, RATE]
MODELS = {"key": "vehicle_model", "domain": ["Small", "Large", "Other"]}
HOURS = {"key": "hour_of_day", "domain": ["00-08", "08-16", "16-24"]}


def spec_with(**changes: Any) -> dict[str, Any]:
    return {
        "version": 1,
        "title": "Charging by model",
        "source": "charging_sessions",
        "windows": ["2026-09", "2026-10"],
        "group_by": [MODELS],
        "statistics": [MEAN, HISTOGRAM],
        "l0": 1,
        "min_cohort": 20,
        "rho_micro": 250_000,
        **changes,
    }


def query_with(**changes: Any) -> queries.Query:
    return queries.plan_of(spec_with(**changes))


def session(
    model: str | None = "Small",
    energy_wh: int = 10_000,
    hour: int = 12,
    *,
    month: int = 10,
    site: str | None = None,
) -> Session:
    start = datetime.fromisoformat(f"2026-{month:02}-05T{hour:02}:00")
    return Session(started_at=start, energy_wh=energy_wh, model=model, site=site)


def frame(*sessions: Session) -> pl.DataFrame:
    return frame_of(sessions)


def first(_n: int, k: int) -> list[int]:
    """Choose the first groups: for tests in which the choice does not matter."""
    return list(range(k))


def vector_of(
    frames: Mapping[str, pl.DataFrame],
    query: queries.Query,
    choose: contributions.Choose = first,
) -> list[int]:
    bounded = contributions.bound_frames(frames, query, choose)
    return cells.encode(bounded, cells.layout_of(query))


def cohort(drivers: int, seed: int = 1) -> dict[str, pl.DataFrame]:
    """A cohort whose groups differ: half small, a third large, the rest another model."""
    rng = np.random.default_rng(seed)
    frames = {}
    for number in range(drivers):
        model = ("Small", "Large", "Unlisted")[int(rng.choice(3, p=[0.5, 0.35, 0.15]))]
        centre = {"Small": 9_000, "Large": 24_000, "Unlisted": 15_000}[model]
        sessions = [
            session(model, max(int(rng.normal(centre, 4_000)), 100), int(rng.integers(0, 24)))
            for _ in range(int(rng.integers(1, 12)))
        ]
        frames[f"driver-{number}"] = frame_of(sessions)
    return frames


def recorded(*parts: str) -> Path:
    """The path of a recorded file; skips the test, loudly, when the recorded data are not here."""
    path = Path(__file__).parents[3].joinpath("shared", "data", *parts)
    if not path.exists():
        pytest.skip(f"RECORDED DATA ABSENT: {'/'.join(parts)} is not beside the repository")
    return path

"""The worst data there are, for every shape of statistic: a driver who moves a release the most."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from anonymize.domain import cells, contributions, queries
from anonymize.domain.prefix import Ints
from anonymize.domain.queries import MAX_RHO_MICRO
from anonymize.domain.questions import Query
from anonymize.formats.sessions import Session, frame_of
from bench.auditing.guessing import Pair

_ENERGY = {"signal": "energy_per_session", "unit": "kWh"}
MEAN = {"name": "energy", "kind": "mean", **_ENERGY, "clamp": ["0", "40"]}
VARIANCE = {**MEAN, "kind": "variance"}
SHAPES: Mapping[str, dict[str, Any]] = {
    "count": {"name": "sessions", "kind": "count", "clamp": ["0", "30"]},
    "mean": MEAN,
    "variance": VARIANCE,
    "quantiles": {**MEAN, "kind": "quantiles", "at": ["0.1", "0.5", "0.9"]},
    "histogram": {**_ENERGY, "name": "energy", "kind": "histogram", "bins": ["0", "9", "40"]},
    "sum": {**MEAN, "kind": "sum", "clamp": ["0", "200"]},
    "rate": {
        **MEAN,
        "kind": "rate",
        "clamp": ["0", "200"],
        "per": {"signal": "plug_in_hour", "unit": "h", "clamp": ["0", "300"]},
    },
}
MODELS = {"key": "vehicle_model", "domain": ["Small", "Other"]}
HOURS = {"key": "hour_of_day", "domain": ["00-08", "08-16", "16-24"]}
_SIGNED_SUM = {**MEAN, "kind": "sum", "clamp": ["-200", "200"]}
_FAR_WH = 10**6


def question(
    statistics: Sequence[Mapping[str, Any]], *, rho_micro: int = MAX_RHO_MICRO, **changes: Any
) -> Query:
    """Return a question over one month of charging; it may cost more than one that is asked."""
    spec = {
        "version": 1,
        "title": "Audit",
        "source": "charging_sessions",
        "windows": ["2026-10"],
        "group_by": [],
        "statistics": list(statistics),
        "l0": 1,
        "min_cohort": 10,
        "rho_micro": MAX_RHO_MICRO,
    }
    return replace(queries.plan_of({**spec, **changes}), rho_micro=rho_micro)


def sessions(*rows: tuple[int, int]) -> pl.DataFrame:
    """Return a driver's frame from pairs of energy in Wh and hour."""
    starts = [datetime.fromisoformat(f"2026-10-05T{hour:02}:00") for _, hour in rows]
    energies = [energy for energy, _ in rows]
    return frame_of([Session(at, wh, None, None) for at, wh in zip(starts, energies, strict=True)])


def vector_of(query: Query, *drivers: pl.DataFrame) -> Ints:
    """Return the exact vector over these drivers' frames, all by the product's own code."""
    frames = {str(number): frame for number, frame in enumerate(drivers)}
    bounded = contributions.bound_frames(frames, query, lambda _of, take: list(range(take)))
    return np.array(cells.encode(bounded, cells.layout_of(query)), dtype=np.int64)


def added(shape: str, rho_micro: int) -> Pair:
    """Return nobody, and the one driver who moves a question of this shape as far as any."""
    query = question([SHAPES[shape]], rho_micro=rho_micro)
    energy = 0 if shape == "quantiles" else _FAR_WH  # the lowest bin moves the most running totals
    return _pair(query, [], [sessions(*[(energy, 23)] * 30)])


def added_to_groups(rho_micro: int) -> Pair:
    """Return nobody, and a driver in as many groups as one may touch."""
    query = question([MEAN], group_by=[HOURS], l0=2, rho_micro=rho_micro)
    return _pair(query, [], [sessions((_FAR_WH, 1), (_FAR_WH, 9))])


def replaced(rho_micro: int) -> Pair:
    """Return one driver with the lowest data, and with the highest: almost twice as far."""
    query = question([_SIGNED_SUM], rho_micro=rho_micro)
    return _pair(query, [sessions((-_FAR_WH, 23))], [sessions((_FAR_WH, 23))])


def _pair(query: Query, one: list[pl.DataFrame], other: list[pl.DataFrame]) -> Pair:
    layout = cells.layout_of(query)
    return Pair(
        vector_of(query, *one), vector_of(query, *other), layout.sensitivity, query.rho_micro
    )

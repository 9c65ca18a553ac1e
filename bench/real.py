"""How far releases over recorded charging are from the exact figures."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from rich.console import Console

from anonymize.domain import contributions, drawing, mechanisms, promises, queries
from anonymize.domain.contributions import DRIVER, GROUP, ROWS
from anonymize.domain.drawing import Noise
from anonymize.domain.prefix import Floats
from anonymize.domain.questions import INTERVAL_SUFFIXES, Query
from anonymize.domain.statistics import Histogram, Mean, Quantiles, Statistic
from anonymize.formats import reading
from bench import accuracy
from demo import fleets

DRAWS = 200
REAL_DRAWS = 5
"""With the mechanism itself, whose noise is drawn exactly, and slowly."""

EPSILON_ONE = 28_000
SETS = {"norway": "norway_residential", "dundee": "dundee_uk"}

_SLACK = 1e-6
_MOSTLY = 0.5
_ENERGY = {"signal": "energy_per_session", "unit": "kWh", "clamp": ["0", "40"]}
_QUARTILES = {"name": "energy", "kind": "quantiles", **_ENERGY, "at": ["0.25", "0.5", "0.75"]}

Named = Iterator[tuple[str, float]]


def measure(folder: Path | None = None) -> Mapping[str, float]:
    """Return the errors for both sets, or nothing where the recorded data are absent."""
    place = (folder or data_folder()) / "charging"
    if not all((place / name).exists() for name in SETS.values()):
        Console(stderr=True).print(f"RECORDED DATA ABSENT: {place}", markup=False)
        return {}
    return {
        f"{name}.{key}": value
        for name, kept in SETS.items()
        for key, value in _measured(name, rows_of(place / kept))
    }


def data_folder() -> Path:
    """Return where recorded data are: DATA_DIR, or a folder beside the repository."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    return Path(os.environ.get("DATA_DIR") or beside)


def rows_of(path: Path) -> pl.DataFrame:
    """Return all sessions, read driver by driver as a build reads them; drivers are numbers."""
    drivers = fleets.load(str(path), drivers=None, seed=1).drivers
    return pl.concat([_rows(number, one) for number, one in enumerate(drivers)])


def _rows(number: int, driver: fleets.FleetDriver) -> pl.DataFrame:
    model = f"{driver.vehicle['brand']} {driver.vehicle['model']}"
    return reading.read(driver.content).frame.with_columns(
        pl.lit(number, pl.Int64).alias(DRIVER), pl.col("vehicle_model").fill_null(model)
    )


def _measured(name: str, rows: pl.DataFrame) -> Named:
    for question, spec in _questions(name):
        for loss, rho_micro in (("as_sold", spec["rho_micro"]), ("epsilon_1", EPSILON_ONE)):
            query = queries.plan_of({**spec, "rho_micro": rho_micro})
            for key, value in _errors(query, rows):
                yield f"{question}.{loss}.{key}", value


def _questions(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The question of the demo; and for homes in Norway, quartiles per site."""
    spec = fleets.spec_of(name)
    yield "demo", spec
    if name == "norway":
        sites = {"group_by": spec["group_by"][:1], "l0": 1, "statistics": [_QUARTILES]}
        yield "quartiles", {**spec, **sites}


def _errors(query: Query, rows: pl.DataFrame) -> Named:
    """Yield what part of groups is told; for each statistic its errors, coverage and widths."""
    parts = contributions.partials(rows, query, by=[DRIVER])
    drawn = _drawn(query, parts, DRAWS, accuracy.fast_noise)
    real = _drawn(query, parts, REAL_DRAWS, mechanisms.noise)
    # small groups too: noise may lift one above the least cohort, and its interval counts
    noiseless = _drawn(replace(query, min_cohort=1), parts, 1, accuracy._next_to_none)
    yield "drivers", parts[DRIVER].n_unique()
    yield "groups_told", float(np.mean([one["held_back"].is_null().mean() for one in drawn]))
    for one in query.statistics:
        whole = Told.of(noiseless, one).value[0]
        told, by_mechanism = Told.of(drawn, one), Told.of(real, one)
        found = {
            **_against(query, one, parts, told.value),
            "error_median_mechanism": _against(query, one, parts, by_mechanism.value)[
                "error_median"
            ],
            "error_median_noiseless": _against(query, one, parts, whole)["error_median"],
            "coverage": told.coverage(whole),
            "width_over_promised": told.half_over(_promised(query, one, parts)),
        }
        yield from ((f"{one.name}.{key}", found[key]) for key in found if np.isfinite(found[key]))


def _against(query: Query, one: Statistic, parts: pl.DataFrame, told: Floats) -> dict[str, float]:
    """The errors of told figures against the exact ones; those of means are relative."""
    is_relative = isinstance(one, Mean)
    found = dict(errors(told, over_drivers(query, one, parts), is_relative=is_relative))
    if not isinstance(one, Quantiles):
        against = errors(told, over_rows(query, one, parts), is_relative=is_relative)
        found["error_median_rows"] = against["error_median"]
    return found


def _drawn(query: Query, parts: pl.DataFrame, draws: int, noise: Noise) -> list[pl.DataFrame]:
    """The groups of some releases. Which groups a driver stays in is chosen anew for each."""
    numbers = np.random.default_rng(5)

    def choose(of: int, take: int) -> list[int]:
        kept: list[int] = np.sort(numbers.choice(of, take, replace=False)).tolist()
        return kept

    tables = [contributions.bound_table(parts, query, choose) for _ in range(draws)]
    frames = [drawing.draw(table, query, noise=noise).estimated.frame for table in tables]
    return [frame.filter(pl.col("level") == "group") for frame in frames]


@dataclass(frozen=True)
class Told:
    """A statistic and the ends of its intervals: by draw, group and column; NaN where held back."""

    value: Floats
    low: Floats
    high: Floats

    @classmethod
    def of(cls, drawn: Sequence[pl.DataFrame], one: Statistic) -> "Told":
        """Return what some releases tell of a statistic."""
        ends = ("", *INTERVAL_SUFFIXES)
        names = [[f"{column}{end}" for column in one.column_names] for end in ends]
        found = [np.array([frame[every].to_numpy() for frame in drawn], float) for every in names]
        return cls(*found)

    def coverage(self, truth: Floats) -> float:
        """Return in what part of the told figures the interval covers the truth."""
        covers = (self.low <= truth + _SLACK) & (truth - _SLACK <= self.high)
        shown = np.isfinite(self.low) & np.isfinite(truth)
        return float(covers[shown].mean()) if shown.any() else np.nan

    def half_over(self, promised: Floats) -> float:
        """Return the half width over the promised one, in the middle; of what is mostly told."""
        half = (self.high - self.low) / 2
        mostly = np.isfinite(half).mean(axis=0) >= _MOSTLY
        return float(np.median(np.nanmedian(half[:, mostly], axis=0) / promised[mostly]))


def errors(told: Floats, truth: Floats, *, is_relative: bool) -> Mapping[str, float]:
    """Return the middle and the 90th percentile of the gaps, over draws, groups and columns."""
    gaps = np.abs(told - truth) / (truth if is_relative else 1)
    gaps = gaps[np.isfinite(gaps)]
    if not gaps.size:
        return {"error_median": np.nan, "error_p90": np.nan}
    return {"error_median": float(np.median(gaps)), "error_p90": float(np.quantile(gaps, 0.9))}


def over_drivers(query: Query, one: Statistic, parts: pl.DataFrame) -> Floats:
    """Return the exact figures, unclamped, by group: each driver weighs the same."""
    if isinstance(one, Quantiles):
        own = pl.col(f"sum_{one.signal.column}") / pl.col(ROWS) / one.signal.per_unit
        found = [own.quantile(float(at), "linear").alias(str(at)) for at in one.at]
    else:
        found = [
            (total / pl.col(ROWS)).mean() for total in _totals(one, query.statistics.index(one))
        ]
    return _by_group(parts.group_by(GROUP).agg(found), len(query.groups))


def over_rows(query: Query, one: Statistic, parts: pl.DataFrame) -> Floats:
    """Return the exact figures, unclamped, by group: each record weighs the same."""
    found = [
        total.sum() / pl.col(ROWS).sum() for total in _totals(one, query.statistics.index(one))
    ]
    return _by_group(parts.group_by(GROUP).agg(found), len(query.groups))


def _totals(one: Statistic, index: int) -> list[pl.Expr]:
    """What a driver's records add up to, for each column of the statistic."""
    if isinstance(one, Histogram):
        return [pl.col(f"bin_{index}_{place}").alias(str(place)) for place in range(one.bins)]
    column = one.signals[0].column
    return [pl.col(f"sum_{column}") / one.signals[0].per_unit]


def _by_group(found: pl.DataFrame, groups: int) -> Floats:
    """Return figures by group and column; NaN where a group has no driver."""
    table = np.full((groups, found.width - 1), np.nan)
    table[found[GROUP].to_numpy()] = found.drop(GROUP).to_numpy()
    return table


def _promised(query: Query, one: Statistic, parts: pl.DataFrame) -> Floats:
    """The half widths that are promised for groups of the sizes that these groups have."""
    sizes = parts.group_by(GROUP).agg(pl.col(DRIVER).n_unique()).sort(GROUP)
    table = np.full((len(query.groups), len(one.column_names)), np.nan)
    for group, drivers in sizes.iter_rows():
        halves = promises.half_widths(query, drivers)
        table[group] = [halves[column] for column in one.column_names]
    return table

"""How far private figures are from exact ones, and whether intervals and promises are kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from anonymize.domain import contributions, drawing, promises, queries, splitting
from anonymize.domain.accounting import scale_of
from anonymize.domain.drawing import Drawn
from anonymize.domain.mechanisms import Noised
from bench import worlds

TRIALS = 20
COVERAGE_BUILDS = 1_000
SIZES = {"10k": 10_000, "1k": 1_000, "300": 300}

_DRAW = np.random.default_rng(11)


@dataclass(frozen=True)
class Errors:
    """Relative errors of group means, absolute errors of quantiles, and the part of groups told."""

    means: list[float]
    quantiles: list[float]
    shown: float


def fast_noise(vector: list[int], *, sensitivity: float, rho_micro: int) -> Noised:
    """Return a vector with rounded normal noise of the mechanism's scale: for measuring alone."""
    scale = scale_of(sensitivity=sensitivity, rho_micro=rho_micro)
    values = np.rint(np.array(vector) + _DRAW.normal(0, scale, len(vector)))
    return Noised(tuple(values.astype(np.int64).tolist()), scale, rho_micro)


def measure() -> Mapping[str, float]:
    """Return errors for three sizes and two worlds, and coverage and promise of all products."""
    told: dict[str, float] = {}
    for size, drivers in SIZES.items():
        for world in ("kind", "unkind"):
            errors = errors_of(drivers, is_kind=world == "kind")
            end = f"{size}" if world == "kind" else f"{size}_unkind"
            told[f"mean_error_{end}"] = float(np.median(errors.means))
            told[f"soh_p90_error_{end}"] = float(np.quantile(errors.quantiles, 0.9))
            told[f"groups_told_{end}"] = errors.shown
    return told


def errors_of(drivers: int, *, is_kind: bool, trials: int = TRIALS) -> Errors:
    """Return the errors of some releases, each over a fleet of its own."""
    query = queries.plan_of(worlds.SPEC)
    means: list[float] = []
    quantiles: list[float] = []
    told = 0
    for seed in range(trials):
        rows = worlds.table(drivers, seed, is_kind=is_kind)
        frame = drawing.draw(bounded(rows, query), query, noise=fast_noise).estimated.frame
        one = _mean_errors(frame, rows)
        means += one
        told += len(one)
        quantiles += _quantile_errors(frame, rows)
    return Errors(means, quantiles, told / trials / len(query.groups))


def bounded(rows: pl.DataFrame, query: queries.Query) -> pl.DataFrame:
    """Return the bounded driver table; which groups are kept does not matter here."""
    parts = contributions.partials(rows, query, by=[contributions.DRIVER])
    return contributions.bound_table(parts, query, lambda _of, take: list(range(take)))


def coverage(spec: Mapping[str, object], rows: pl.DataFrame, builds: int) -> Iterator[float]:
    """Yield, for each column of a question, in what part of builds and rows the interval covers.

    The exact figures are those of the same question with next to no noise; where ranges are
    bought, within those of the same build.
    """
    query = queries.plan_of(spec)
    table = bounded(rows, query)
    found: dict[str, list[np.ndarray]] = {name: [] for name in query.figure_names}
    exact = None
    for _ in range(builds):
        drawn = drawing.draw(table, query, noise=fast_noise)
        if exact is None or drawn.ranges:
            exact = exact_of(drawn, table, query)
        for name, told in found.items():
            told.append(_covers(drawn.estimated.frame, exact, name))
    yield from (float(np.concatenate(told).mean()) for told in found.values())


def exact_of(drawn: Drawn, table: pl.DataFrame, query: queries.Query) -> pl.DataFrame:
    """Return the table of a build without the noise of its figures.

    What was bought stays: the ranges, and the centres and spreads of groups of two keys, which
    the coarse levels' noise decided.
    """
    one = _again(drawn, table, query, kept=1 if drawn.ranges else 0)
    if not splitting.is_staged(query):
        return one
    deep = _again(drawn, table, query, kept=len(drawn.steps) - 1)
    return pl.concat(
        [one.filter(pl.col("level") != "group"), deep.filter(pl.col("level") == "group")]
    )


def _again(drawn: Drawn, table: pl.DataFrame, query: queries.Query, *, kept: int) -> pl.DataFrame:
    """Draw once more: the first steps as they came out, the others with next to no noise."""
    steps = iter(drawn.steps[:kept])

    def noise(vector: list[int], *, sensitivity: float, rho_micro: int) -> Noised:
        step = next(steps, None)
        if step is not None:
            return step.noised
        return _next_to_none(vector, sensitivity=sensitivity, rho_micro=rho_micro)

    return drawing.draw(table, query, noise=noise).estimated.frame


def promise_ratios(spec: Mapping[str, object], rows: pl.DataFrame) -> Iterator[float]:
    """Yield, for each column, the realised half width over the one promised at the group's size.

    In the middle over groups; in each, the middle over releases.
    """
    query = queries.plan_of(spec)
    table = bounded(rows, query)
    exact = drawing.draw(table, query, noise=_next_to_none).estimated.frame
    tables = [drawing.draw(table, query, noise=fast_noise).estimated.frame for _ in range(TRIALS)]
    for name in query.figure_names:
        halves = np.array([_halves(one, name) for one in tables], dtype=float)
        deepest = exact[name].is_not_null() & (
            exact["level"] == exact.filter(pl.col(name).is_not_null())["level"][-1]
        )
        ratios = []
        for place in np.flatnonzero(deepest.to_numpy()):
            shown = halves[np.isfinite(halves[:, place]), place]
            if 2 * shown.size >= TRIALS:
                promised = promises.half_widths(query, exact["drivers"][int(place)])[name]
                ratios.append(float(np.median(shown)) / promised)
        yield float(np.median(ratios))


def _halves(frame: pl.DataFrame, name: str) -> list[float]:
    found: list[float] = (
        ((frame[f"{name}_high"] - frame[f"{name}_low"]) / 2).fill_null(np.nan).to_list()
    )
    return found


def _next_to_none(vector: list[int], *, sensitivity: float, rho_micro: int) -> Noised:
    return Noised(tuple(vector), sensitivity * 1e-7, rho_micro)


def _covers(table: pl.DataFrame, exact: pl.DataFrame, name: str) -> np.ndarray:
    shown = table[name].is_not_null() & exact[name].is_not_null()
    low, truth, high = (
        frame[column].filter(shown).to_numpy()
        for frame, column in ((table, f"{name}_low"), (exact, name), (table, f"{name}_high"))
    )
    return np.asarray((low <= truth + 1e-6) & (truth - 1e-6 <= high))


def _mean_errors(frame: pl.DataFrame, rows: pl.DataFrame) -> list[float]:
    places = {centre: place for place, centre in enumerate(worlds._BIN_DC)}
    exact = rows.group_by("vehicle_model", "ambient_temp_dc").agg(pl.col("energy_wh_per_km").mean())
    names = queries.plan_of(worlds.SPEC).group_by[1].domain
    exact = exact.with_columns(
        pl.col("ambient_temp_dc")
        .replace_strict({dc: names[place] for dc, place in places.items()})
        .alias("ambient_temperature")
    )
    both = frame.filter(pl.col("level") == "group").join(
        exact, on=["vehicle_model", "ambient_temperature"]
    )
    gap = (both["consumption"] - both["energy_wh_per_km"]).abs() / both["energy_wh_per_km"]
    found: list[float] = gap.drop_nulls().to_list()
    return found


def _quantile_errors(frame: pl.DataFrame, rows: pl.DataFrame) -> list[float]:
    health = pl.col("soh_permille") / 10
    names = {at: f"soh_p{float(at) * 100:g}" for at in worlds.AT}
    exact = (
        rows.unique("driver")
        .group_by("vehicle_model")
        .agg(health.quantile(float(at), "linear").alias(f"exact_{at}") for at in worlds.AT)
    )
    both = frame.filter(pl.col("level") == "first").join(exact, on="vehicle_model")
    found: list[float] = []
    for at, name in names.items():
        found += (both[name] - both[f"exact_{at}"]).abs().drop_nulls().to_list()
    return found

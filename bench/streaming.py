"""`python -m bench.streaming write|compare|release FOLDER`: one process over files of rows."""

import json
import sys
import time
from collections.abc import Callable, Mapping
from operator import truediv
from pathlib import Path
from statistics import median

import polars as pl

from anonymize.domain import contributions, drawing, queries
from anonymize.domain.contributions import CROSS, DRIVER, GROUP, LEVEL, ROWS
from bench import memory, worlds

QUERY = queries.plan_of(worlds.SPEC)
DRIVERS = 10_000
LINES = 10_000_000
ROUNDS = 8

_EDGES = [float(edge) * 10 for edge in worlds.TEMPERATURES[1:-1]]


def write(folder: Path) -> Mapping[str, float]:
    """Write the rows of a fleet into one file, and return how many they are."""
    worlds.write_rows(folder / "0.parquet", rows=LINES, drivers=DRIVERS, seed=1)
    return {"rows": LINES, "drivers": DRIVERS}


def compare(folder: Path) -> Mapping[str, float]:
    """Return the seconds of a private release, of the exact aggregate, and of a raw group-by.

    All three read the same files in this one process with the same threads, and take turns, after
    one turn that is not counted. Seconds are medians; ratios are medians of the rounds' own ratios,
    so what else the machine does hits both sides.

    exact: the same sums per driver and group, bounded alike, and the same figures from them; only
    noise, estimates and intervals are not there. raw: a group-by over rows, with the same means and
    quantiles, in which nobody is bounded.
    """
    acts = {"private": _private, "exact": _exact, "raw": _raw}
    rounds = [{name: _seconds(act, folder) for name, act in acts.items()} for _ in range(ROUNDS)]
    private, exact, raw = ([one[name] for one in rounds[1:]] for name in acts)
    return {
        "private_s": median(private),
        "exact_two_level_s": median(exact),
        "raw_group_by_s": median(raw),
        "private_over_exact": median(map(truediv, private, exact)),
        "private_over_raw": median(map(truediv, private, raw)),
    }


def _seconds(act: Callable[[Path], object], folder: Path) -> float:
    started = time.perf_counter()
    act(folder)
    return time.perf_counter() - started


def release(folder: Path) -> Mapping[str, float]:
    """Return the seconds and the peak memory of one private release over all files."""
    started = time.perf_counter()
    _private(folder)
    return {"seconds": time.perf_counter() - started, "peak_mib": memory.peak_mib()}


def _bounded(folder: Path) -> pl.DataFrame:
    """The bounded driver table: one scan over all files, by all threads, in bounded memory."""
    files = sorted(folder.glob("*.parquet"))
    sums = contributions.partials(pl.scan_parquet(files), QUERY, by=[DRIVER])
    return contributions.bound_table(sums, QUERY, lambda of, take: list(range(of))[:take])


def _private(folder: Path) -> drawing.Drawn:
    return drawing.draw(_bounded(folder), QUERY)


def _exact(folder: Path) -> list[pl.DataFrame]:
    """The same figures, from the same bounded sums, without noise and without intervals."""
    table = _bounded(folder)
    energy = pl.col("sum_energy_wh_per_km") / pl.col(ROWS)
    health = pl.col("sum_soh_permille") / pl.col(ROWS)
    quantiles = [health.quantile(float(at)).alias(at) for at in worlds.AT]
    coarse = table.filter(pl.col(LEVEL) != CROSS).group_by(LEVEL, GROUP)
    fine = table.filter(pl.col(LEVEL) == CROSS).group_by(GROUP)
    return [coarse.agg(pl.len(), energy.mean(), *quantiles), fine.agg(pl.len(), energy.mean())]


def _raw(folder: Path) -> pl.DataFrame:
    """A plain group-by over rows: nobody is bounded, heavy drivers weigh more."""
    reached = sum((pl.col("ambient_temp_dc") >= edge).cast(pl.Int8) for edge in _EDGES)
    health = pl.col("soh_permille")
    quantiles = [health.quantile(float(at)).alias(at) for at in worlds.AT]
    rows = pl.scan_parquet(sorted(folder.glob("*.parquet")))
    grouped = rows.group_by("vehicle_model", pl.lit(0).alias("bin") + reached)
    return grouped.agg(pl.len(), pl.col("energy_wh_per_km").mean(), *quantiles).collect()


def main() -> None:
    """Do what was asked and tell it as JSON."""
    act = {"write": write, "compare": compare, "release": release}[sys.argv[1]]
    sys.stdout.write(json.dumps(act(Path(sys.argv[2]))))


if __name__ == "__main__":
    main()

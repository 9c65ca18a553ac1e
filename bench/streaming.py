"""`python -m bench.streaming compare|release FOLDER`: time one process over files of rows."""

import json
import resource
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from anonymize.domain import contributions, drawing, queries
from anonymize.domain.contributions import CROSS, DRIVER, GROUP, LEVEL, ROWS
from bench import worlds
from bench.timing import median_s, paired_s

QUERY = queries.plan_of(worlds.SPEC)

_EDGES = [float(edge) * 10 for edge in worlds.TEMPERATURES[1:-1]]


def compare(folder: Path) -> Mapping[str, float]:
    """Return the seconds of a private release, of the exact aggregate, and of a raw group-by."""
    private, exact = paired_s(lambda: _private(folder), lambda: _exact(folder))
    raw = median_s(lambda: _raw(folder), rounds=3)
    return {"private_s": private, "exact_two_level_s": exact, "raw_group_by_s": raw}


def release(folder: Path) -> Mapping[str, float]:
    """Return the seconds and the peak memory of one private release over all files."""
    started = time.perf_counter()
    _private(folder)
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": time.perf_counter() - started, "peak_mib": peak_kib // 1024}


def _partials(folder: Path) -> pl.DataFrame:
    """The exact sums per driver and group, file by file."""
    parts = [
        contributions.partials(pl.scan_parquet(path), QUERY, by=[DRIVER])
        for path in sorted(folder.glob("*.parquet"))
    ]
    return contributions.merge(parts, by=[DRIVER])


def _private(folder: Path) -> drawing.Drawn:
    table = contributions.bound_table(
        _partials(folder), QUERY, lambda of, take: list(range(of))[:take]
    )
    return drawing.draw(table, QUERY)


def _exact(folder: Path) -> list[pl.DataFrame]:
    """The same figures, from the same bounded sums, without noise and without intervals."""
    table = contributions.bound_table(
        _partials(folder), QUERY, lambda of, take: list(range(of))[:take]
    )
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
    act = {"compare": compare, "release": release}[sys.argv[1]]
    sys.stdout.write(json.dumps(act(Path(sys.argv[2]))))


if __name__ == "__main__":
    main()

"""The made-up fleets as peers read them: groups by number, figures as floats."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from anonymize.domain import queries
from bench import worlds
from bench.peers.asked import BIN, DRIVER, ENERGY, HEALTH, MODEL

_EDGES = queries.plan_of(worlds.SPEC).group_by[1].edges
_PERMILLE = 10


def for_peers(fleet: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Return the same rows; the bins are found for the peers beforehand."""
    reached = sum((pl.col("ambient_temp_dc") >= edge).cast(pl.Int64) for edge in _EDGES)
    return (
        fleet.lazy()
        .select(
            pl.col("driver").alias(DRIVER),
            pl.col("vehicle_model").alias(MODEL),
            (pl.lit(-1, pl.Int64) + reached).alias(BIN),
            pl.col("energy_wh_per_km").cast(pl.Float64).alias(ENERGY),
            (pl.col("soh_permille") / _PERMILLE).alias(HEALTH),
        )
        .collect()
    )


def write(folder: Path, name: str, tables: Sequence[pl.DataFrame]) -> list[Path]:
    """Write tables side by side, and return where they are."""
    paths = [folder / f"{name}-{number}.parquet" for number in range(len(tables))]
    for table, path in zip(tables, paths, strict=True):
        table.write_parquet(path)
    return paths

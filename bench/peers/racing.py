"""How long the house and its peers take for many rows, each beside a raw group-by."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from bench import worlds
from bench.peers import environments, fleets
from bench.peers.asking import Asking, Told

ROWS = 10_000_000
DRIVERS = 10_000
EVERY = 10
"""Peers that would take minutes on all rows get every tenth."""

_SLOW = {("pipeline_dp", "asked")}
_ASKED = (
    ("opendp_polars", "asked"),
    ("opendp_polars", "best"),
    ("pipeline_dp", "asked"),
    ("pipeline_dp", "best"),
    ("py_dp", "best"),  # it knows no drivers: whatever is asked, it gets their means
)


def raced(folder: Path, rows: int = ROWS) -> Iterator[tuple[str, float]]:
    """Yield rows, seconds and the ratio to a raw group-by over as many, for each."""
    own = folder / "own"
    own.mkdir()
    worlds.write_rows(own / "0.parquet", rows=rows, drivers=DRIVERS, seed=1)
    many = fleets.for_peers(pl.scan_parquet(own / "0.parquet"))
    whole, part = fleets.write(folder, "rows", [many, many.gather_every(EVERY)])
    del many
    yield from _ours(own, rows)
    for peer, shape in _ASKED:
        is_slow = (peer, shape) in _SLOW
        told = Asking(peer, shape, folder).of([part if is_slow else whole])[0]
        yield from _told(f"{peer}.{shape}", told, rows // EVERY if is_slow else rows)


def _told(begin: str, told: Told, rows: int) -> Iterator[tuple[str, float]]:
    yield f"{begin}.rows", rows
    yield f"{begin}.seconds", told.seconds
    yield f"{begin}.over_raw", told.seconds / told.raw_seconds


def _ours(folder: Path, rows: int) -> Iterator[tuple[str, float]]:
    run = [sys.executable, "-m", "bench.streaming", "compare", str(folder)]
    told = subprocess.run(run, check=True, capture_output=True, cwd=environments.ROOT)  # noqa: S603
    found = json.loads(told.stdout)
    yield "ours.asked.rows", rows
    yield "ours.asked.seconds", found["private_s"]
    yield "ours.asked.over_raw", found["private_s"] / found["raw_group_by_s"]

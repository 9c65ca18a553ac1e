"""A simulated fleet as the importers read its files: a month of trips, and one of sessions."""

import multiprocessing
import tempfile
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from functools import cache, partial
from pathlib import Path

import polars as pl

from anonymize.domain.contributions import DRIVER
from anonymize.domain.signals import CHARGING, DRIVING
from anonymize.domain.vehicles import with_vehicle
from anonymize.formats import reading
from simulator.writing import Format, Order, write_vehicle

WINDOW = "2026-10"
VEHICLES, COPIES = 2_000, 2
"""Each vehicle stands for so many drivers; making and reading its files takes a while."""

_DAYS = 28
_FORMS = {CHARGING: Format.SESSIONS, DRIVING: Format.TELEMETRY_PARQUET}


@cache
def simulated(
    seed: int, vehicles: int = VEHICLES, copies: int = COPIES
) -> Mapping[str, pl.DataFrame]:
    """Return the rows of each source of a simulated fleet (`docs/simulator.md`), over a month."""
    with tempfile.TemporaryDirectory() as folder:
        start = datetime.fromisoformat(f"{WINDOW}-01")
        forms = tuple(_FORMS.values())
        order = Order(seed, start, _DAYS, forms, Path(folder), 1, 0.05, "synthetic")
        found: dict[str, list[pl.DataFrame]] = {source: [] for source in _FORMS}
        context = multiprocessing.get_context("spawn")  # a forked copy of running threads can hang
        with ProcessPoolExecutor(mp_context=context) as pool:
            for frames in pool.map(partial(_read, order), range(vehicles), chunksize=8):
                for source, frame in frames.items():
                    found[source].append(frame)
    return {source: _copied(pl.concat(frames), copies) for source, frames in found.items()}


def _read(order: Order, number: int) -> Mapping[str, pl.DataFrame]:
    """Return what one vehicle's files hold; what was told at registration is beside the rows."""
    truth = write_vehicle(order, number)
    found = {}
    for source, form in _FORMS.items():
        path = order.path(form, number)
        if path.exists():
            frame = reading.read_file(path).frame
            path.unlink()
            model, year = f"{truth['brand']} {truth['model']}", int(truth["year"])
            found[source] = with_vehicle(frame, driver=str(number), model=model, year=year)
    return found


def _copied(frame: pl.DataFrame, copies: int) -> pl.DataFrame:
    """Return the rows of each vehicle once for every driver that it stands for."""
    first = pl.col(DRIVER).cast(pl.Int64) * copies
    return pl.concat(frame.with_columns(first + copy) for copy in range(copies))

"""Command line: write the files of a simulated fleet, with progress."""

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from simulator import cycles, roads
from simulator.fleet import DAYS, FIRST_DAY
from simulator.writing import Format, Order, Truth, write_truths, write_vehicle

MOST_VEHICLES = 100_000

_TELLS_EVERY_S = 2.0
_IN_A_BATCH = 4


class _Map(Protocol):
    def __call__(self, order: Order, numbers: Sequence[int]) -> Iterator[Truth]:
        """Write the vehicles of these numbers."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the fleet that was asked for; 2 when it cannot be."""
    asked = _parser().parse_args(arguments)
    order = Order(
        seed=asked.seed,
        first_day=asked.start,
        days=asked.days,
        formats=tuple(asked.format),
        out=asked.out,
        every_s=asked.every,
        faulty=asked.faulty,
        cycles=asked.cycles,
    )
    try:
        cycles.tape(order.cycles, roads.MOTORWAY, 0)
        cycles.tape(order.cycles, roads.MAIN, 0)
    except cycles.UnknownCycles as error:
        _tell(f"{error}\n")
        return 2
    asked.out.mkdir(parents=True, exist_ok=True)
    numbers = range(asked.first, asked.first + asked.vehicles)
    with _workers(min(asked.workers, len(numbers))) as write:
        write_truths(_watched(write(order, numbers), len(numbers)), asked.out)
    return 0


@contextmanager
def _workers(count: int) -> Iterator[_Map]:
    """Yield a way to write vehicles: here, or spread over processes."""
    if count <= 1:
        yield lambda order, numbers: map(partial(write_vehicle, order), numbers)
        return
    # Spawned, not forked: a forked copy of running threads can hang.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=context) as pool:
        yield lambda order, numbers: pool.map(
            partial(write_vehicle, order), numbers, chunksize=_IN_A_BATCH
        )


def _watched(truths: Iterator[Truth], of: int) -> Iterator[Truth]:
    """Pass the truths on, and tell how far the writing is."""
    began = told = time.monotonic()
    rows = 0
    for done, truth in enumerate(truths, start=1):
        rows += int(truth["rows"])
        now = time.monotonic()
        if now - told > _TELLS_EVERY_S or done == of:
            told = now
            _tell(f"\rSIMULATED: {done} of {of} vehicles, {rows:,} rows, {now - began:.0f} s ")
        yield truth
    _tell("\n")


def _tell(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulator",
        description="Write the files that a simulated fleet would hand in. All of it is simulated.",
    )
    add = parser.add_argument
    add("--vehicles", type=_between(1, MOST_VEHICLES), default=100, help="how many, 1 to 100000")
    add("--first", type=_between(0, MOST_VEHICLES), default=0, help="number of the first vehicle")
    add("--days", type=_between(1, 3660), default=DAYS, help="how many days")
    add("--start", type=_day, default=FIRST_DAY, help="first day, YYYY-MM-DD")
    add("--seed", type=_between(0, 2**63), default=7, help="the same seed gives the same fleet")
    add("--format", type=Format, nargs="+", default=[Format.SESSIONS], choices=list(Format))
    add("--every", type=_between(1, 600), default=1, help="seconds between rows of telemetry")
    add("--faulty", type=_share, default=0.05, help="share of vehicles with a faulty sensor")
    add("--cycles", default=cycles.SYNTHETIC, help="synthetic, nedc or a folder of speed cycles")
    add("--workers", type=_between(1, 64), default=os.cpu_count() or 1, help="processes")
    add("--out", type=Path, required=True, help="folder to write to")
    return parser


class _between:  # noqa: N801  # named as it reads
    """A whole number from low to high."""

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def __call__(self, text: str) -> int:
        if not self.low <= int(text) <= self.high:
            raise argparse.ArgumentTypeError(f"must be {self.low} to {self.high}")
        return int(text)


def _share(text: str) -> float:
    if not 0 <= float(text) <= 1:
        raise argparse.ArgumentTypeError("must be 0 to 1")
    return float(text)


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007  # local clocks have no zone here
    except ValueError as error:
        raise argparse.ArgumentTypeError("must be a day, YYYY-MM-DD") from error


if __name__ == "__main__":
    raise SystemExit(main())

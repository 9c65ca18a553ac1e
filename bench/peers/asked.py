"""The question put to every peer, and how its answers come back; needs nothing but Polars."""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import polars as pl

DRIVER, MODEL, BIN, ENERGY, HEALTH = "driver", "model", "bin", "wh_per_km", "soh"
"""Columns of a table: energy in Wh/km, state of health in percent, both as floats."""

Means = list[tuple[str, int, float]]
"""Model, place of the temperature bin, mean Wh/km."""

Quantiles = list[tuple[str, float, float]]
"""Model, which quantile, percent."""


@dataclass(frozen=True)
class Question:
    """Mean consumption per model and temperature bin; quantiles of battery health per model.

    clamp, health: ends of the ranges, in the units of the columns. l0: bins one driver may be in.
    may_bound: whether the peer bounds drivers itself, on rows; else it gets one row per driver and
    group, means already taken.
    """

    models: list[str]
    bins: int
    at: list[float]
    clamp: tuple[float, float]
    health: tuple[float, float]
    l0: int
    epsilon: float
    delta: float
    rho: float
    may_bound: bool

    @property
    def groups(self) -> list[tuple[str, int]]:
        """All groups, from the public lists."""
        return [(model, bin_) for model in self.models for bin_ in range(self.bins)]


@dataclass(frozen=True)
class Answer:
    """What a peer told of one table."""

    means: Means
    quantiles: Quantiles


Peer = Callable[[Question, pl.LazyFrame], Answer]


def by_driver(rows: pl.LazyFrame) -> pl.DataFrame:
    """Return one row per driver and group, with the driver's own means."""
    return rows.group_by(DRIVER, MODEL, BIN).agg(pl.col(ENERGY, HEALTH).mean()).collect()


def healths(table: pl.DataFrame) -> pl.DataFrame:
    """Return one row per driver."""
    return table.group_by(DRIVER, MODEL).agg(pl.col(HEALTH).mean())


def raw(question: Question, rows: pl.LazyFrame) -> Answer:
    """Return the same figures by a plain group-by over rows, with no privacy at all."""
    quantiles = [pl.col(HEALTH).quantile(at).alias(str(at)) for at in question.at]
    grouped = rows.group_by(MODEL, BIN)
    found = grouped.agg(pl.len(), pl.col(ENERGY).mean(), *quantiles).collect()
    return Answer(list(found.select(MODEL, BIN, ENERGY).iter_rows()), [])


def main(peer: Peer) -> None:
    """Answer `QUESTION.json TABLE ... ANSWERS.json`: every table in turn, with the seconds taken.

    The seconds of a raw group-by over the same tables stand beside them, taken just after.
    """
    first, *tables, last = sys.argv[1:]
    question = Question(**json.loads(Path(first).read_text(encoding="utf-8")))
    told = []
    for table in tables:
        seconds, answer = _timed(peer, question, table)
        plain = median(_timed(raw, question, table)[0] for _ in range(3))
        answer = _within(question, answer)
        told.append({**asdict(answer), "seconds": seconds, "raw_seconds": plain})
    Path(last).write_text(json.dumps(told), encoding="utf-8")


def _within(question: Question, answer: Answer) -> Answer:
    """Move noisy means into the public range, where a peer leaves that to its caller."""
    low, high = question.clamp
    moved = [(model, bin_, min(max(mean, low), high)) for model, bin_, mean in answer.means]
    return Answer(moved, answer.quantiles)


def _timed(peer: Peer, question: Question, table: str) -> tuple[float, Answer]:
    started = time.perf_counter()
    answer = peer(question, pl.scan_parquet(table))
    return time.perf_counter() - started, answer

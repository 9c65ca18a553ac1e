"""Ask OpenDP's own Polars layer, under zero-concentrated privacy: half of rho for each part."""

from typing import Any

import opendp.prelude as dp
import polars as pl
from opendp.extras.polars import Bound, Margin, dp_len

from bench.peers import asked
from bench.peers.asked import BIN, DRIVER, ENERGY, HEALTH, MODEL, Answer, Question

MOST_ROWS = 10_000_000
"""A public bound on the rows of a table, which the library asks for where it adds floats."""

_CANDIDATES_PER_UNIT = 2
_MEASUREMENTS: dict[str, Any] = {}


def answer(question: Question, rows: pl.LazyFrame) -> Answer:
    """Return its answer. The search for noise scales is done once per process: it sees no data."""
    table = (rows if question.may_bound else asked.by_driver(rows).lazy()).select(
        pl.col(DRIVER, MODEL), pl.col(BIN).cast(pl.Int64), ENERGY, HEALTH
    )
    health = table if question.may_bound else asked.healths(table.collect()).lazy()
    means = _once("means", question, table)(table).collect()
    quantiles = _once("quantiles", question, health)(health).collect()
    middle = _middle(question)
    return Answer(
        [(m, b, middle + total / max(n, 1)) for m, b, n, total in means.iter_rows()],
        [
            (row[MODEL], at, row[_name(at)])
            for row in quantiles.iter_rows(named=True)
            for at in question.at
        ],
    )


def _once(what: str, question: Question, table: pl.LazyFrame) -> Any:
    if what not in _MEASUREMENTS:
        ask = _means if what == "means" else _quantiles
        _MEASUREMENTS[what] = ask(question, table)
    return _MEASUREMENTS[what]


def _means(question: Question, table: pl.LazyFrame) -> Any:
    """Lengths and sums per group; about the middle of the range for tables that we made."""
    keys = pl.DataFrame(question.groups, schema={MODEL: pl.String, BIN: pl.Int64}, orient="row")
    query = _context(question, table, [MODEL, BIN], question.l0).query()
    if question.may_bound:
        # it keeps one group fewer than it is told, and charges for what it is told
        query = query.truncate_per_group(1, by=[MODEL, BIN])
        query = query.truncate_num_groups(question.l0 + 1, by=[MODEL, BIN], keep="first")
    middle = _middle(question)
    value: Any = (pl.col(ENERGY) - middle).fill_nan(0.0).fill_null(0.0)
    ends = (question.clamp[0] - middle, question.clamp[1] - middle)
    figures = dp_len(signed=True).alias("n"), value.dp.sum(ends).alias("total")
    return query.group_by(MODEL, BIN).agg(*figures).with_keys(keys).resolve()


def _middle(question: Question) -> float:
    return 0.0 if question.may_bound else sum(question.clamp) / 2


def _quantiles(question: Question, table: pl.LazyFrame) -> Any:
    """One row of each driver, for a driver has one model and one state of health."""
    keys = pl.DataFrame({MODEL: question.models})
    query = _context(question, table, [MODEL], 1).query()
    if question.may_bound:
        query = query.truncate_per_group(1)
    low, high = question.health
    steps = int((high - low) * _CANDIDATES_PER_UNIT)
    candidates = [low + place / _CANDIDATES_PER_UNIT for place in range(steps + 1)]
    value: Any = pl.col(HEALTH).fill_nan(low).fill_null(low)
    figures = [value.dp.quantile(at, candidates).alias(_name(at)) for at in question.at]
    return query.group_by(MODEL).agg(*figures).with_keys(keys).resolve()


def _context(question: Question, table: pl.LazyFrame, by: list[str], l0: int) -> Any:
    if question.may_bound:
        unit = dp.unit_of(contributions=1, identifier=DRIVER)
    else:
        bound = Bound(by=by, per_group=1, num_groups=l0)
        unit = dp.unit_of(contributions=[bound])
    return dp.Context.compositor(
        data=table,
        privacy_unit=unit,
        privacy_loss=dp.loss_of(rho=question.rho / 2),
        split_evenly_over=1,
        margins=[Margin(by=by, max_length=MOST_ROWS, max_groups=len(question.groups))],
    )


def _name(at: float) -> str:
    return f"p{at}"


if __name__ == "__main__":
    dp.enable_features("contrib")
    asked.main(answer)

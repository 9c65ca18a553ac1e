"""Ask PyDP, Google's library: it bounds values, and groups of a mean; drivers are ours to bound."""

import polars as pl
from pydp.algorithms.laplacian import BoundedMean, Percentile

from bench.peers import asked
from bench.peers.asked import BIN, ENERGY, HEALTH, MODEL, Answer, Means, Quantiles, Question

_HALF = 0.5
"""Half of epsilon buys the means, half the quantiles; those share theirs evenly."""


def answer(question: Question, rows: pl.LazyFrame) -> Answer:
    """Return its answer, from one row per driver and group: it knows no drivers."""
    table = asked.by_driver(rows)
    return Answer(_means(question, table), _quantiles(question, asked.healths(table)))


def _means(question: Question, table: pl.DataFrame) -> Means:
    held = table.group_by(MODEL, BIN).agg(ENERGY).iter_rows()
    values = {(model, bin_): energies for model, bin_, energies in held}
    return [(*group, _mean(question, values.get(group, []))) for group in question.groups]


def _mean(question: Question, values: list[float]) -> float:
    low, high = question.clamp
    mechanism = BoundedMean(
        epsilon=question.epsilon * _HALF,
        lower_bound=low,
        upper_bound=high,
        l0_sensitivity=question.l0,
        linf_sensitivity=1,
        dtype="float",
    )
    return float(mechanism.quick_result(values))


def _quantiles(question: Question, table: pl.DataFrame) -> Quantiles:
    held = dict(table.group_by(MODEL).agg(HEALTH).rows())
    return [
        (model, at, _quantile(question, held.get(model, []), at))
        for model in question.models
        for at in question.at
    ]


def _quantile(question: Question, values: list[float], at: float) -> float:
    """It takes no bound on groups: right here alone, where a driver is in one model."""
    low, high = question.health
    mechanism = Percentile(
        epsilon=question.epsilon * _HALF / len(question.at),
        percentile=at,
        lower_bound=low,
        upper_bound=high,
        dtype="float",
    )
    return float(mechanism.quick_result(values))


if __name__ == "__main__":
    asked.main(answer)

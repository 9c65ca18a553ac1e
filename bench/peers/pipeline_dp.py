"""Ask PipelineDP, on its local backend: one aggregation for the means, one for the quantiles."""

from collections.abc import Iterable
from typing import Any

import pipeline_dp as dp
import polars as pl

from bench.peers import asked
from bench.peers.asked import BIN, DRIVER, ENERGY, HEALTH, MODEL, Answer, Question

_HUNDRED = 100


def answer(question: Question, rows: pl.LazyFrame) -> Answer:
    """Return its answer. It samples at most one row of a driver per group, and l0 groups.

    Its accountant shares epsilon evenly over what it adds noise to; Laplace noise, which does
    better here than its Gaussian.
    """
    accountant = dp.NaiveBudgetAccountant(question.epsilon, question.delta)
    engine = dp.DPEngine(accountant, dp.LocalBackend())
    table = (rows if question.may_bound else asked.by_driver(rows).lazy()).collect()
    quantiles = [dp.Metrics.PERCENTILE(at * _HUNDRED) for at in question.at]
    of_mean = _params([dp.Metrics.MEAN], question.l0, question.clamp)
    of_health = _params(quantiles, 1, question.health)
    means = engine.aggregate(_by_group(table), of_mean, _EXTRACTORS, question.groups)
    by_model = _by_model(table, may_bound=question.may_bound)
    healths = engine.aggregate(by_model, of_health, _EXTRACTORS, question.models)
    accountant.compute_budgets()
    return Answer(
        [(*group, found.mean) for group, found in means],
        [
            (model, at, value)
            for model, found in healths
            for at, value in zip(question.at, found, strict=True)
        ],
    )


def _params(metrics: list[Any], l0: int, ends: tuple[float, float]) -> dp.AggregateParams:
    return dp.AggregateParams(
        metrics=metrics,
        noise_kind=dp.NoiseKind.LAPLACE,
        max_partitions_contributed=l0,
        max_contributions_per_partition=1,
        min_value=ends[0],
        max_value=ends[1],
    )


_EXTRACTORS = dp.DataExtractors(
    privacy_id_extractor=lambda row: row[0],
    partition_extractor=lambda row: row[1],
    value_extractor=lambda row: row[2],
)


def _by_group(table: pl.DataFrame) -> Iterable[tuple[int, tuple[str, int], float]]:
    taken = table.select(DRIVER, MODEL, BIN, ENERGY).iter_rows()
    return [(driver, (model, bin_), value) for driver, model, bin_, value in taken]


def _by_model(table: pl.DataFrame, *, may_bound: bool) -> Iterable[tuple[int, str, float]]:
    held = table if may_bound else asked.healths(table)
    return list(held.select(DRIVER, MODEL, HEALTH).iter_rows())


if __name__ == "__main__":
    asked.main(answer)

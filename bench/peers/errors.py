"""How far answers are from exact figures: the arithmetic of the tables."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from bench.peers import asked
from bench.peers.asked import BIN, ENERGY, HEALTH, MODEL, Answer, Question

TAIL = 0.9

Gaps = Mapping[Hashable, float]


@dataclass(frozen=True)
class Missed:
    """By what one answer missed, for each figure that it tells.

    means: relative to the exact mean, by group. quantiles: in points, by model and quantile.
    """

    means: Gaps
    quantiles: Gaps


def exact(question: Question, table: pl.DataFrame) -> Answer:
    """Return the plain figures over drivers, from one row per driver and group."""
    at = [pl.col(HEALTH).quantile(one, "linear").alias(str(one)) for one in question.at]
    healths = asked.healths(table).group_by(MODEL).agg(at)
    means = table.group_by(MODEL, BIN).agg(pl.col(ENERGY).mean())
    return Answer(
        list(means.iter_rows()),
        [
            (model, one, value)
            for model, *found in healths.iter_rows()
            for one, value in zip(question.at, found, strict=True)
        ],
    )


def missed(told: Answer, truth: Answer) -> Missed:
    """Return the gaps of the figures that are told and have an exact one."""
    means = {(model, bin_): mean for model, bin_, mean in truth.means}
    quantiles = {(model, at): value for model, at, value in truth.quantiles}
    return Missed(
        {
            (model, bin_): abs(mean - means[model, bin_]) / means[model, bin_]
            for model, bin_, mean in told.means
            if (model, bin_) in means
        },
        {
            (model, at): abs(value - quantiles[model, at])
            for model, at, value in told.quantiles
            if (model, at) in quantiles
        },
    )


def only(answers: Sequence[Missed], others: Sequence[Missed]) -> list[Missed]:
    """Return the gaps of those figures alone that other answers to the same tables tell too."""
    return [
        Missed(_shared(one.means, other.means), _shared(one.quantiles, other.quantiles))
        for one, other in zip(answers, others, strict=True)
    ]


def figures(question: Question, answers: Sequence[Missed]) -> Mapping[str, float]:
    """Return the middle and the tail over all answers' figures, and what part of figures is told.

    Leaves out what nobody told.
    """
    told: dict[str, float] = {}
    asked_for = {"mean": len(question.groups), "soh": len(question.models) * len(question.at)}
    for name, of in asked_for.items():
        found = [gap for one in answers for gap in _gaps(one, name).values()]
        told[f"{name}_told"] = len(found) / len(answers) / of
        if found:
            told[f"{name}_median"] = float(np.median(found))
            told[f"{name}_p90"] = float(np.quantile(found, TAIL))
    return told


def _gaps(one: Missed, name: str) -> Gaps:
    return one.means if name == "mean" else one.quantiles


def _shared(one: Gaps, other: Gaps) -> Gaps:
    return {key: gap for key, gap in one.items() if key in other}

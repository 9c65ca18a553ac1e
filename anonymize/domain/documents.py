"""Parts of a question written again as a QuerySpec writes them."""

from collections.abc import Sequence
from typing import Any

from anonymize.domain.measuring import DP_RANGE
from anonymize.domain.questions import GroupKey, Query, labels_of
from anonymize.domain.signals import Signal, Source
from anonymize.domain.statistics import (
    Clamp,
    Count,
    Expected,
    Histogram,
    Mean,
    Measured,
    Quantiles,
    Rate,
    Statistic,
    Sum,
    Variance,
)

_KINDS = {
    Mean: "mean",
    Variance: "variance",
    Quantiles: "quantiles",
    Histogram: "histogram",
    Sum: "sum",
    Count: "count",
    Rate: "rate",
}


def statistics_of(query: Query, kept: Sequence[Statistic]) -> list[dict[str, Any]]:
    """Return statistics as a question over the same source writes them."""
    return [_statistic(one, query.source) for one in kept]


def keys_of(query: Query, kept: Sequence[GroupKey]) -> list[dict[str, Any]]:
    """Return group keys as a question over the same source writes them."""
    return [_key(one, query.source) for one in kept]


def edges_of(key: GroupKey) -> list[str]:
    """Return the bounds of a measured key's bins."""
    return [label.split("..")[0] for label in key.domain] + [key.domain[-1].split("..")[1]]


def with_edges(key: GroupKey, edges: Sequence[str], source: Source) -> GroupKey:
    """Return a measured key with other bins."""
    bounds = tuple(float(edge) * source.numbers[key.key].per_unit for edge in edges)
    return GroupKey(key.key, labels_of(tuple(edges)), key.column, edges=bounds)


def _key(key: GroupKey, source: Source) -> dict[str, Any]:
    if key.edges:
        unit = source.numbers[key.key].unit
        return {"key": key.key, "unit": unit, "bins": edges_of(key)}
    return {"key": key.key, "domain": list(key.domain)}


def _statistic(one: Statistic, source: Source) -> dict[str, Any]:
    found: dict[str, Any] = {"name": one.name, "kind": _KINDS[type(one)]}
    if one.depth != "group":
        found["level"] = one.depth
    if isinstance(one, Measured):
        found |= _signal(one.signal, source)
    if isinstance(one, Histogram):
        found["bins"] = [f"{edge:f}" for edge in one.edges]
    found |= _bounds("clamp", getattr(one, "clamp", None))
    found |= _expected(getattr(one, "expected", None))
    if isinstance(one, Mean) and one.is_bought:
        found["range"] = DP_RANGE
    if isinstance(one, Quantiles):
        found["at"] = [f"{at:f}" for at in one.at]
    if isinstance(one, Rate):
        found["per"] = {
            **_signal(one.per, source),
            **_bounds("clamp", one.per_clamp),
            **_expected(one.per_expected),
            "amount": f"{one.amount:f}",
        }
    return found


def _signal(signal: Signal, source: Source) -> dict[str, str]:
    name = next(name for name, one in source.signals.items() if one == signal)
    return {"signal": name, "unit": signal.unit}


def _bounds(name: str, clamp: Clamp | None) -> dict[str, list[str]]:
    return {} if clamp is None else {name: [f"{clamp.low:f}", f"{clamp.high:f}"]}


def _expected(one: Expected | None) -> dict[str, Any]:
    if one is None:
        return {}
    found: dict[str, Any] = {"expected": [f"{n:f}" for n in (one.low, *one.inner, one.high)]}
    return found if one.within is None else {**found, "within": f"{one.within:f}"}

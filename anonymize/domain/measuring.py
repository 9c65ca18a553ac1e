"""Read the statistics of a QuerySpec; units and bounds are checked against the source."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from anonymize.domain.errors import ClampBelowZero, UnknownSignal, WrongUnit
from anonymize.domain.signals import Signal, Source
from anonymize.domain.spec_document import PerDocument, StatisticDocument
from anonymize.domain.statistics import (
    Clamp,
    Count,
    Depth,
    Expected,
    Histogram,
    Mean,
    Quantiles,
    Rate,
    Statistic,
    Sum,
    Variance,
)

DP_RANGE = "dp"


def statistic_of(document: StatisticDocument, source: Source, pointer: str) -> Statistic:
    """Return the typed statistic. Raises SpecRefused with a pointer to what cannot be asked."""
    if document["kind"] == "count":
        _check_positive(document["clamp"], f"{pointer}/clamp")
        clamp, expected = _clamp(document["clamp"]), _expected(document)
        return Count(document["name"], _depth(document), clamp, expected)
    signal = _signal_of(document, source, pointer)
    if document["kind"] == "rate":
        return _rate(document, signal, source, pointer)
    return _KINDS[document["kind"]](document, signal)


def at(pointer: str, code: str, detail: str = "") -> list[dict[str, str]]:
    """Return the marked field of a refusal."""
    return [{"pointer": pointer, "code": code, "detail": detail}]


def _signal_of(document: StatisticDocument | PerDocument, source: Source, pointer: str) -> Signal:
    signal = source.signals.get(document["signal"])
    if signal is None:
        known = ", ".join(source.signals)
        raise UnknownSignal(known=known, fields=at(f"{pointer}/signal", UnknownSignal.code))
    if document["unit"] != signal.unit:
        raise WrongUnit(
            unit=signal.unit,
            suggestion={"unit": signal.unit},
            fields=at(f"{pointer}/unit", WrongUnit.code),
        )
    return signal


def _mean(document: StatisticDocument, signal: Signal) -> Mean:
    return Mean(
        name=document["name"],
        depth=_depth(document),
        signal=signal,
        clamp=_clamp(document["clamp"]),
        is_bought=document.get("range") == DP_RANGE,
        expected=_expected(document),
    )


def _quantiles(document: StatisticDocument, signal: Signal) -> Quantiles:
    return Quantiles(
        name=document["name"],
        depth=_depth(document),
        signal=signal,
        clamp=_clamp(document["clamp"]),
        at=tuple(Decimal(one) for one in document["at"]),
        expected=_expected(document),
    )


def _histogram(document: StatisticDocument, signal: Signal) -> Histogram:
    edges = tuple(Decimal(edge) for edge in document["bins"])
    return Histogram(document["name"], _depth(document), signal, edges, _expected(document))


def _variance(document: StatisticDocument, signal: Signal) -> Variance:
    clamp, expected = _clamp(document["clamp"]), _expected(document)
    return Variance(document["name"], _depth(document), signal, clamp, expected)


def _sum(document: StatisticDocument, signal: Signal) -> Sum:
    clamp, expected = _clamp(document["clamp"]), _expected(document)
    return Sum(document["name"], _depth(document), signal, clamp, expected)


def _rate(document: StatisticDocument, signal: Signal, source: Source, pointer: str) -> Rate:
    per = document["per"]
    _check_positive(document["clamp"], f"{pointer}/clamp")
    _check_positive(per["clamp"], f"{pointer}/per/clamp")
    return Rate(
        name=document["name"],
        depth=_depth(document),
        signal=signal,
        clamp=_clamp(document["clamp"]),
        per=_signal_of(per, source, f"{pointer}/per"),
        per_clamp=_clamp(per["clamp"]),
        amount=Decimal(per.get("amount", "1")),
        expected=_expected(document),
        per_expected=_expected(per),
    )


def _check_positive(clamp: list[str], pointer: str) -> None:
    if Decimal(clamp[0]) < 0:
        raise ClampBelowZero(
            suggestion={"clamp": ["0", clamp[1]]}, fields=at(pointer, ClampBelowZero.code)
        )


def _depth(document: StatisticDocument) -> Depth:
    return document.get("level", "group")


def _clamp(edges: list[str]) -> Clamp:
    return Clamp(Decimal(edges[0]), Decimal(edges[1]))


def _expected(document: StatisticDocument | PerDocument) -> Expected | None:
    edges = document.get("expected")
    if edges is None:
        return None
    within = document.get("within")
    low, *inner, high = map(Decimal, edges)
    return Expected(low, high, tuple(inner), None if within is None else Decimal(within))


_KINDS: Mapping[str, Callable[[StatisticDocument, Signal], Statistic]] = {
    "mean": _mean,
    "variance": _variance,
    "quantiles": _quantiles,
    "histogram": _histogram,
    "sum": _sum,
}

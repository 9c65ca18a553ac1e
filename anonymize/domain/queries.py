"""What a QuerySpec may ask, as typed values; refusals with a suggestion."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise, product
from math import prod
from typing import cast

from anonymize.domain.errors import (
    CohortTooSmall,
    HoursUnclear,
    LossTooGreat,
    NamesCollide,
    SpecMalformed,
    TooFine,
    UnknownKey,
    UnknownSignal,
    UnknownSource,
    WrongUnit,
)
from anonymize.domain.spec_document import KeyDocument, SpecDocument, StatisticDocument
from protocol import query_spec
from protocol.errors import ProtocolError

OTHER = "Other"
HOUR_OF_DAY = "hour_of_day"
SOURCE = "charging_sessions"
MIN_COHORT = 10
MAX_CELLS = 4_000
MAX_RHO_MICRO = 1_000_000

LEVEL, DRIVERS, HELD_BACK = "level", "drivers", "held_back"
INTERVAL_SUFFIXES = ("_low", "_high")

_HOURS = re.compile(r"([0-9]{2})-([0-9]{2})", re.ASCII)
_DAY_H = 24


@dataclass(frozen=True)
class Signal:
    """A measured quantity: the frame's column, the unit told to people, frame units in one unit."""

    column: str
    unit: str
    per_unit: int


SIGNALS: Mapping[str, Signal] = {
    "energy_per_session": Signal(column="energy_wh", unit="kWh", per_unit=1000),
    "plug_in_hour": Signal(column="plug_in_hour", unit="h", per_unit=1),
}
KEYS: Mapping[str, str] = {
    "vehicle_model": "vehicle_model",
    "site": "site",
    HOUR_OF_DAY: "plug_in_hour",
}


@dataclass(frozen=True)
class GroupKey:
    """One grouping: a key and its closed, public list of values."""

    key: str
    domain: tuple[str, ...]

    @property
    def has_other(self) -> bool:
        """Whether values outside the list fall into its last entry."""
        return self.domain[-1] == OTHER


@dataclass(frozen=True)
class Mean:
    """The mean over drivers of each driver's own mean, clamped to low..high (in the unit)."""

    name: str
    signal: Signal
    low: Decimal
    high: Decimal

    @property
    def centre(self) -> float:
        """The middle of the clamp range, in the signal's unit."""
        return float((self.low + self.high) / 2)

    @property
    def half(self) -> float:
        """Half of the clamp range, in the signal's unit."""
        return float((self.high - self.low) / 2)


@dataclass(frozen=True)
class Histogram:
    """The mean over drivers of each driver's shares per bin; end bins take what lies outside."""

    name: str
    signal: Signal
    edges: tuple[Decimal, ...]

    @property
    def bins(self) -> int:
        """How many bins the edges make."""
        return len(self.edges) - 1

    @property
    def labels(self) -> tuple[str, ...]:
        """One public name per bin, `low-high`."""
        return tuple(f"{low}-{high}" for low, high in pairwise(self.edges))

    @property
    def column_names(self) -> tuple[str, ...]:
        """The name of each bin's column in a release."""
        return tuple(f"{self.name}_{label}" for label in self.labels)


@dataclass(frozen=True)
class Query:
    """A QuerySpec this house can answer. rho_micro: zCDP loss in millionths of rho."""

    title: str
    windows: tuple[str, ...]
    group_by: tuple[GroupKey, ...]
    means: tuple[Mean, ...]
    histograms: tuple[Histogram, ...]
    l0: int
    min_cohort: int
    rho_micro: int

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """Every combination of group values, in the order of the public lists; none ungrouped."""
        if not self.group_by:
            return ()
        return tuple(product(*(key.domain for key in self.group_by)))

    @property
    def figure_names(self) -> tuple[str, ...]:
        """The columns of a release that carry a figure and its interval, after the count."""
        bins = (name for histogram in self.histograms for name in histogram.column_names)
        return (*(mean.name for mean in self.means), *bins)

    @property
    def block_cells(self) -> int:
        """Cells that one group needs: the count, one per mean, one per bin."""
        return 1 + len(self.means) + sum(histogram.bins for histogram in self.histograms)


def plan_of(spec: Mapping[str, object]) -> Query:
    """Return the typed query of a QuerySpec v1.

    Raises SpecRefused with the rule, a pointer and, where one exists, a suggestion that passes.
    """
    document = _parsed(spec)
    if document["source"] != SOURCE:
        raise UnknownSource(known=SOURCE, fields=_at("/source", UnknownSource.code))
    _check_limits(document)
    statistics = list(enumerate(document["statistics"]))
    query = Query(
        title=document["title"],
        windows=tuple(document["windows"]),
        group_by=tuple(_key_of(key, index) for index, key in enumerate(document["group_by"])),
        means=tuple(_mean_of(s, index) for index, s in statistics if s["kind"] == "mean"),
        histograms=tuple(_histogram_of(s, i) for i, s in statistics if s["kind"] == "histogram"),
        l0=document["l0"],
        min_cohort=document["min_cohort"],
        rho_micro=document["rho_micro"],
    )
    _check_names(query)
    return query


def hours_of(label: str) -> tuple[int, int]:
    """Return the first hour, and the hour after the last, of a label such as `00-03`.

    Raises ValueError for anything else.
    """
    match = _HOURS.fullmatch(label)
    if match is None or not int(match[1]) < int(match[2]) <= _DAY_H:
        raise ValueError("not a span of hours")
    return int(match[1]), int(match[2])


def _parsed(spec: Mapping[str, object]) -> SpecDocument:
    try:
        return cast("SpecDocument", query_spec.parse(spec))
    except ProtocolError as error:
        raise SpecMalformed(fields=_at(error.pointer, error.code, error.detail)) from error


def _check_limits(document: SpecDocument) -> None:
    if document["min_cohort"] < MIN_COHORT:
        raise CohortTooSmall(
            least=MIN_COHORT,
            suggestion={"min_cohort": MIN_COHORT},
            fields=_at("/min_cohort", CohortTooSmall.code),
        )
    if document["rho_micro"] > MAX_RHO_MICRO:
        raise LossTooGreat(
            asked=document["rho_micro"],
            most=MAX_RHO_MICRO,
            suggestion={"rho_micro": MAX_RHO_MICRO},
            fields=_at("/rho_micro", LossTooGreat.code),
        )
    if (cells := _cells_of(document, document["group_by"])) > MAX_CELLS:
        raise TooFine(
            asked=cells,
            most=MAX_CELLS,
            suggestion={"group_by": _coarser(document)},
            fields=_at("/group_by", TooFine.code),
        )


def _check_names(query: Query) -> None:
    figures = (DRIVERS, *query.figure_names)
    names = [LEVEL, HELD_BACK, *(key.key for key in query.group_by), *figures]
    names += [name + suffix for name in figures for suffix in INTERVAL_SUFFIXES]
    if len(set(names)) != len(names):
        raise NamesCollide(fields=_at("/statistics", NamesCollide.code))


def _cells_of(document: SpecDocument, keys: list[KeyDocument]) -> int:
    block = 1 + sum(len(s.get("bins", ["", ""])) - 1 for s in document["statistics"])
    groups = prod(len(key["domain"]) for key in keys) if keys else 0
    return block * (1 + groups)


def _coarser(document: SpecDocument) -> list[KeyDocument]:
    first = document["group_by"][:1]
    return first if _cells_of(document, first) <= MAX_CELLS else []


def _key_of(document: KeyDocument, index: int) -> GroupKey:
    if document["key"] not in KEYS:
        raise UnknownKey(
            known=", ".join(KEYS), fields=_at(f"/group_by/{index}/key", UnknownKey.code)
        )
    key = GroupKey(key=document["key"], domain=tuple(document["domain"]))
    if key.key == HOUR_OF_DAY and not _hours_are_clear(key):
        raise HoursUnclear(fields=_at(f"/group_by/{index}/domain", HoursUnclear.code))
    return key


def _hours_are_clear(key: GroupKey) -> bool:
    try:
        spans = sorted(hours_of(label) for label in key.domain if label != OTHER)
    except ValueError:
        return False
    other_is_last = OTHER not in key.domain[:-1]
    return other_is_last and all(one[1] <= next_[0] for one, next_ in pairwise(spans))


def _signal_of(document: StatisticDocument, index: int) -> Signal:
    signal = SIGNALS.get(document["signal"])
    if signal is None:
        raise UnknownSignal(
            known=", ".join(SIGNALS),
            fields=_at(f"/statistics/{index}/signal", UnknownSignal.code),
        )
    if document["unit"] != signal.unit:
        raise WrongUnit(
            unit=signal.unit,
            suggestion={"unit": signal.unit},
            fields=_at(f"/statistics/{index}/unit", WrongUnit.code),
        )
    return signal


def _mean_of(document: StatisticDocument, index: int) -> Mean:
    low, high = (Decimal(edge) for edge in document["clamp"])
    return Mean(name=document["name"], signal=_signal_of(document, index), low=low, high=high)


def _histogram_of(document: StatisticDocument, index: int) -> Histogram:
    edges = tuple(Decimal(edge) for edge in document["bins"])
    return Histogram(name=document["name"], signal=_signal_of(document, index), edges=edges)


def _at(pointer: str, code: str, detail: str = "") -> list[dict[str, str]]:
    return [{"pointer": pointer, "code": code, "detail": detail}]

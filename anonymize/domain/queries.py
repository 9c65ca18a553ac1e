"""Read a QuerySpec into a query; refuse it with the rule and a suggestion that would pass."""

import re
from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from math import prod
from typing import cast

from anonymize.domain import measuring
from anonymize.domain.errors import (
    CohortTooSmall,
    HoursUnclear,
    LevelMissing,
    LossTooGreat,
    NamesCollide,
    SpecMalformed,
    TooFine,
    UnknownKey,
    UnknownSource,
    WrongUnit,
)
from anonymize.domain.measuring import at
from anonymize.domain.questions import (
    DRIVERS,
    HELD_BACK,
    INTERVAL_SUFFIXES,
    LEVEL,
    OTHER,
    GroupKey,
    Query,
    labels_of,
)
from anonymize.domain.signals import SOURCES, Source
from anonymize.domain.spec_document import KeyDocument, SpecDocument
from protocol import query_spec
from protocol.errors import ProtocolError

__all__ = ["MAX_RHO_MICRO", "MIN_COHORT", "Query", "hours_of", "plan_of"]

MIN_COHORT = 10
MAX_CELLS = 4_000
MAX_RHO_MICRO = 250_000

_HOURS = re.compile(r"([0-9]{2})-([0-9]{2})", re.ASCII)
_DAY_H = 24


def plan_of(spec: Mapping[str, object]) -> Query:
    """Return the typed query of a QuerySpec v1.

    Raises SpecRefused with the rule, a pointer and, where one exists, a suggestion that passes.
    """
    document = _parsed(spec)
    source = SOURCES.get(document["source"])
    if source is None:
        raise UnknownSource(known=", ".join(SOURCES), fields=at("/source", UnknownSource.code))
    _check_limits(document)
    _check_levels(document)
    statistics = [
        measuring.statistic_of(one, source, f"/statistics/{index}")
        for index, one in enumerate(document["statistics"])
    ]
    query = Query(
        title=document["title"],
        source=source,
        windows=tuple(document["windows"]),
        group_by=tuple(_key_of(key, source, i) for i, key in enumerate(document["group_by"])),
        statistics=tuple(statistics),
        l0=document["l0"],
        l0_first=document.get("l0_first"),
        min_cohort=document["min_cohort"],
        rho_micro=document["rho_micro"],
    )
    _check_size(query, document)
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
        raise SpecMalformed(fields=at(error.pointer, error.code, error.detail)) from error


def _check_limits(document: SpecDocument) -> None:
    if document["min_cohort"] < MIN_COHORT:
        raise CohortTooSmall(
            least=MIN_COHORT,
            suggestion={"min_cohort": MIN_COHORT},
            fields=at("/min_cohort", CohortTooSmall.code),
        )
    if document["rho_micro"] > MAX_RHO_MICRO:
        raise LossTooGreat(
            asked=document["rho_micro"],
            most=MAX_RHO_MICRO,
            suggestion={"rho_micro": MAX_RHO_MICRO},
            fields=at("/rho_micro", LossTooGreat.code),
        )


def _check_levels(document: SpecDocument) -> None:
    """Rows for the first key alone need two keys, and are there when l0_first says so."""
    has_two = len(document["group_by"]) > 1
    if "l0_first" in document and not has_two:
        kept = {key: value for key, value in document.items() if key != "l0_first"}
        raise LevelMissing(suggestion=kept, fields=at("/l0_first", LevelMissing.code))
    for index, one in enumerate(document["statistics"]):
        if one.get("level") == "first" and "l0_first" not in document:
            suggestion: dict[str, object] = {"l0_first": 1} if has_two else {"level": "group"}
            pointer = f"/statistics/{index}/level"
            raise LevelMissing(suggestion=suggestion, fields=at(pointer, LevelMissing.code))


def _check_size(query: Query, document: SpecDocument) -> None:
    if (cells := _cells_of(query, [len(key.domain) for key in query.group_by])) > MAX_CELLS:
        raise TooFine(
            asked=cells,
            most=MAX_CELLS,
            suggestion=_coarser(query, document),
            fields=at("/group_by", TooFine.code),
        )


def _cells_of(query: Query, sizes: list[int]) -> int:
    groups = {"all": 1, "first": 1 + sizes[0] if sizes else 1}
    groups["group"] = groups["first"] + prod(sizes) if query.has_first else 1 + prod(sizes)
    groups["group"] = groups["group"] if sizes else 1
    return groups["group"] + sum(one.cells * groups[one.depth] for one in query.statistics)


def _coarser(query: Query, document: SpecDocument) -> dict[str, object]:
    first = [len(key.domain) for key in query.group_by][:1]
    keeps_one = bool(first) and not query.has_first and _cells_of(query, first) <= MAX_CELLS
    return {"group_by": document["group_by"][:1] if keeps_one else []}


def _check_names(query: Query) -> None:
    figures = (DRIVERS, *query.figure_names)
    names = [LEVEL, HELD_BACK, *(key.key for key in query.group_by), *figures]
    names += [name + suffix for name in figures for suffix in INTERVAL_SUFFIXES]
    if len(set(names)) != len(names):
        raise NamesCollide(fields=at("/statistics", NamesCollide.code))


def _key_of(document: KeyDocument, source: Source, index: int) -> GroupKey:
    key, pointer = document["key"], f"/group_by/{index}"
    if key in source.numbers and "bins" in document:
        return _measured_key(document, source, pointer)
    if "domain" in document and key in source.lists:
        return GroupKey(key, tuple(document["domain"]), source.lists[key])
    if "domain" in document and key in source.hours:
        return _hour_key(document, source, pointer)
    known = ", ".join([*source.lists, *source.hours, *(f"{n} (bins)" for n in source.numbers)])
    raise UnknownKey(known=known, fields=at(f"{pointer}/key", UnknownKey.code))


def _measured_key(document: KeyDocument, source: Source, pointer: str) -> GroupKey:
    signal = source.numbers[document["key"]]
    if document["unit"] != signal.unit:
        raise WrongUnit(
            unit=signal.unit,
            suggestion={"unit": signal.unit},
            fields=at(f"{pointer}/unit", WrongUnit.code),
        )
    edges = tuple(float(Decimal(edge) * signal.per_unit) for edge in document["bins"])
    labels = labels_of(tuple(document["bins"]))
    return GroupKey(document["key"], labels, signal.column, edges=edges)


def _hour_key(document: KeyDocument, source: Source, pointer: str) -> GroupKey:
    domain = tuple(document["domain"])
    hours = _spans(domain)
    if hours is None:
        raise HoursUnclear(fields=at(f"{pointer}/domain", HoursUnclear.code))
    return GroupKey(document["key"], domain, source.hours[document["key"]], hours=hours)


def _spans(domain: tuple[str, ...]) -> tuple[tuple[int, int], ...] | None:
    """Return the spans of hours that do not overlap; None when they are not such."""
    try:
        hours = tuple(hours_of(label) for label in domain if label != OTHER)
    except ValueError:
        return None
    is_apart = all(one[1] <= after[0] for one, after in pairwise(sorted(hours)))
    return hours if is_apart and OTHER not in domain[:-1] else None

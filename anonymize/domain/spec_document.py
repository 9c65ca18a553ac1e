"""The parts of a QuerySpec as they are written, for typed reading."""

from typing import NotRequired, TypedDict


class KeyDocument(TypedDict):
    """A group key as it is written in a QuerySpec."""

    key: str
    domain: list[str]


class StatisticDocument(TypedDict):
    """A statistic as it is written in a QuerySpec."""

    name: str
    kind: str
    signal: str
    unit: str
    clamp: NotRequired[list[str]]
    bins: NotRequired[list[str]]


class SpecDocument(TypedDict):
    """A QuerySpec as it is written."""

    title: str
    source: str
    windows: list[str]
    group_by: list[KeyDocument]
    statistics: list[StatisticDocument]
    l0: int
    min_cohort: int
    rho_micro: int

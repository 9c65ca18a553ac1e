"""The parts of a QuerySpec as they are written, for typed reading."""

from typing import NotRequired, TypedDict

from anonymize.domain.statistics import Depth


class KeyDocument(TypedDict):
    """A group key as it is written in a QuerySpec: a list of values, or bins with a unit."""

    key: str
    domain: NotRequired[list[str]]
    unit: NotRequired[str]
    bins: NotRequired[list[str]]


class PerDocument(TypedDict):
    """What a rate is counted over."""

    signal: str
    unit: str
    clamp: list[str]
    expected: NotRequired[list[str]]
    within: NotRequired[str]
    amount: NotRequired[str]


class StatisticDocument(TypedDict):
    """A statistic as it is written in a QuerySpec."""

    name: str
    kind: str
    level: NotRequired[Depth]
    signal: NotRequired[str]
    unit: NotRequired[str]
    clamp: NotRequired[list[str]]
    range: NotRequired[str]
    expected: NotRequired[list[str]]
    within: NotRequired[str]
    bins: NotRequired[list[str]]
    at: NotRequired[list[str]]
    per: NotRequired[PerDocument]


class SpecDocument(TypedDict):
    """A QuerySpec as it is written."""

    title: str
    source: str
    windows: list[str]
    group_by: list[KeyDocument]
    statistics: list[StatisticDocument]
    l0: int
    l0_first: NotRequired[int]
    min_cohort: int
    rho_micro: int
    is_simulated: NotRequired[bool]

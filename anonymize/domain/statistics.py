"""The statistics a question may ask for, as typed values with public bounds."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from anonymize.domain.signals import Signal

Depth = Literal["all", "first", "group"]
"""The deepest level a statistic is bought at: all data, the first key's values, every group."""

DEPTHS: tuple[Depth, ...] = ("all", "first", "group")
CDF_BINS = 64


@dataclass(frozen=True)
class Clamp:
    """The public range within which one driver's value counts, in the signal's unit."""

    low: Decimal
    high: Decimal

    @property
    def centre(self) -> float:
        """The middle of the range."""
        return float((self.low + self.high) / 2)

    @property
    def half(self) -> float:
        """Half of the range."""
        return float((self.high - self.low) / 2)

    @property
    def reach(self) -> float:
        """The largest absolute value in the range."""
        return float(max(abs(self.low), abs(self.high)))


@dataclass(frozen=True)
class Expected:
    """Where 95 of 100 values are thought to lie. It shapes promises alone, never an answer.

    inner: the middle, or a quarter, the middle and three quarters, or nothing. within: how wide
    values spread among the drivers of one group, as a part of that; None where it is not told.
    """

    low: Decimal
    high: Decimal
    inner: tuple[Decimal, ...] = ()
    within: Decimal | None = None


@dataclass(frozen=True)
class Statistic:
    """What all statistics have: a name and how deep they are bought."""

    name: str
    depth: Depth

    @property
    def signals(self) -> tuple[Signal, ...]:
        """The signals it reads; a row without one of them is left out."""
        return ()

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns of a release that carry its figures, without the ends of intervals."""
        return (self.name,)

    @property
    def cells(self) -> int:
        """How many cells one group needs."""
        return 1


@dataclass(frozen=True)
class Measured(Statistic):
    """A statistic of one signal."""

    signal: Signal

    @property
    def signals(self) -> tuple[Signal, ...]:
        """The one signal."""
        return (self.signal,)


@dataclass(frozen=True)
class Mean(Measured):
    """The mean over drivers of each driver's own mean, clamped.

    is_bought: the clamp is a wide public range only, and a narrower one is bought with a stated
    part of the loss. expected: where most values are thought to lie; it shapes promises alone.
    """

    clamp: Clamp
    is_bought: bool = False
    expected: Expected | None = None


@dataclass(frozen=True)
class Variance(Measured):
    """The variance over drivers of each driver's own mean, clamped."""

    clamp: Clamp
    expected: Expected | None = None

    @property
    def cells(self) -> int:
        """The value and its square."""
        return 2


@dataclass(frozen=True)
class Quantiles(Measured):
    """Quantiles over drivers of each driver's own mean, all read from one CDF over even bins."""

    clamp: Clamp
    at: tuple[Decimal, ...]
    expected: Expected | None = None

    @property
    def column_names(self) -> tuple[str, ...]:
        """One column per quantile, such as soh_p50."""
        return tuple(f"{self.name}_p{(100 * at).normalize():f}" for at in self.at)

    @property
    def cells(self) -> int:
        """One cell per bin."""
        return CDF_BINS


@dataclass(frozen=True)
class Histogram(Measured):
    """The mean over drivers of each driver's shares per bin; end bins take what lies outside."""

    edges: tuple[Decimal, ...]
    expected: Expected | None = None

    @property
    def bins(self) -> int:
        """How many bins the edges make."""
        return len(self.edges) - 1

    @property
    def cells(self) -> int:
        """One cell per bin."""
        return self.bins

    @property
    def labels(self) -> tuple[str, ...]:
        """One public name per bin, `low-high`."""
        return tuple(f"{low}-{high}" for low, high in pairwise(self.edges))

    @property
    def column_names(self) -> tuple[str, ...]:
        """The name of each bin's column in a release."""
        return tuple(f"{self.name}_{label}" for label in self.labels)


@dataclass(frozen=True)
class Sum(Measured):
    """The sum over drivers of each driver's own total, clamped."""

    clamp: Clamp
    expected: Expected | None = None


@dataclass(frozen=True)
class Count(Statistic):
    """How many records the drivers have; each driver counts within the clamp."""

    clamp: Clamp
    expected: Expected | None = None


@dataclass(frozen=True)
class Rate(Measured):
    """The drivers' clamped totals of one signal over those of another, such as events per 100 km.

    amount: how much of the second signal one figure stands for.
    """

    clamp: Clamp
    per: Signal
    per_clamp: Clamp
    amount: Decimal
    expected: Expected | None = None
    per_expected: Expected | None = None

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What is counted, and what it is counted over."""
        return (self.signal, self.per)

    @property
    def cells(self) -> int:
        """Two totals."""
        return 2

    @property
    def unit(self) -> str:
        """The unit of the figure, such as events/100 km."""
        amount = "" if self.amount == 1 else f"{self.amount} "
        return f"{self.signal.unit}/{amount}{self.per.unit}"

"""What a QuerySpec may ask, as typed values."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product

from anonymize.domain.signals import Signal, Source
from anonymize.domain.statistics import Histogram, Mean, Statistic

OTHER = "Other"
LEVEL, DRIVERS, HELD_BACK = "level", "drivers", "held_back"
INTERVAL_SUFFIXES = ("_low", "_high")


@dataclass(frozen=True)
class GroupKey:
    """One grouping: a key and its closed, public list of values.

    column: of the frame. hours: the spans behind the values, each first hour and the one after
    the last. edges: the bounds of bins, in the column's units, end bins closed at their ends.
    """

    key: str
    domain: tuple[str, ...]
    column: str
    hours: tuple[tuple[int, int], ...] = ()
    edges: tuple[float, ...] = ()

    @property
    def has_other(self) -> bool:
        """Whether values outside the list fall into its last entry."""
        return self.domain[-1] == OTHER


@dataclass(frozen=True)
class Query:
    """A QuerySpec this house can answer. rho_micro: zCDP loss in millionths of rho.

    l0: groups one driver may touch; l0_first: values of the first key, None when the release has
    no rows for these alone.
    """

    title: str
    source: Source
    windows: tuple[str, ...]
    group_by: tuple[GroupKey, ...]
    statistics: tuple[Statistic, ...]
    l0: int
    l0_first: int | None
    min_cohort: int
    rho_micro: int

    def __hash__(self) -> int:
        return hash((self.title, self.windows, self.group_by, self.statistics, self.l0))

    @cached_property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """Every combination of group values, in the order of the public lists; none ungrouped."""
        if not self.group_by:
            return ()
        return tuple(product(*(key.domain for key in self.group_by)))

    @property
    def means(self) -> tuple[Mean, ...]:
        """The means that are asked for."""
        return tuple(one for one in self.statistics if isinstance(one, Mean))

    @property
    def histograms(self) -> tuple[Histogram, ...]:
        """The histograms that are asked for."""
        return tuple(one for one in self.statistics if isinstance(one, Histogram))

    @property
    def signals(self) -> tuple[Signal, ...]:
        """Each signal that is read, once."""
        return tuple(dict.fromkeys(s for one in self.statistics for s in one.signals))

    @property
    def summed_signals(self) -> tuple[Signal, ...]:
        """The signals whose totals are needed: all but those that are only put in bins."""
        summed = (one for one in self.statistics if not isinstance(one, Histogram))
        return tuple(dict.fromkeys(signal for one in summed for signal in one.signals))

    @property
    def figure_names(self) -> tuple[str, ...]:
        """The columns of a release that carry a figure and its interval, after the count."""
        return tuple(name for one in self.statistics for name in one.column_names)

    @property
    def has_first(self) -> bool:
        """Whether the values of the first key have rows of their own."""
        return self.l0_first is not None


def labels_of(edges: tuple[str, ...]) -> tuple[str, ...]:
    """Return the public name of each bin of a measured key."""
    return tuple(f"{low}..{high}" for low, high in pairwise(edges))

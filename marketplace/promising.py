"""What a question promises: each figure's error against its range, in words and numbers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from django.utils.functional import Promise as Lazy

from anonymize.domain import promises, queries
from anonymize.domain.promises import COARSE_SHARE, USEFUL_SHARE, ColumnPromise, Promise, Verdict
from anonymize.domain.questions import DRIVERS, Query
from anonymize.domain.statistics import Count, Histogram, Statistic, Sum
from marketplace import sentences, words

SHARE = "share"


@dataclass(frozen=True)
class Row:
    """One figure: half widths of its 95% interval, and the whole one as a part of its range.

    all, group: for people, in the unit. *_part: 0 to 100; None where there is no range.
    """

    name: str
    words: str
    unit: str
    all: str
    group: str
    all_part: float | None
    group_part: float | None
    verdict: tuple[str | Lazy, str] | None = None


@dataclass(frozen=True)
class Told:
    """A promise for people. suggestion: a change of the spec that would make it useful."""

    verdict: tuple[str | Lazy, str]
    is_useful: bool
    reason: str
    rows: list[Row]
    groups: int
    drivers_per_group: int
    drivers_for_useful: int | None
    suggestion: dict[str, Any] | None

    @property
    def main(self) -> Row | None:
        """The first figure that has a range."""
        return next((row for row in self.rows if row.all_part is not None), None)


def promised(spec: Mapping[str, Any], drivers: int) -> Told:
    """Return what a release over so many drivers will be worth. Raises SpecRefused."""
    query = queries.plan_of(spec)
    found = promises.promise(query, drivers)
    return Told(
        verdict=words.VERDICTS[found.verdict],
        is_useful=found.verdict == "useful",
        reason=_reason(spec, query, found),
        rows=list(_rows(spec, query, found)),
        groups=found.groups,
        drivers_per_group=found.drivers_per_group,
        drivers_for_useful=found.drivers_for_useful,
        suggestion=found.suggestion,
    )


def verdict_of(share: float) -> Verdict:
    """Return what an error of this part of a range is worth."""
    if share > COARSE_SHARE:
        return "refused"
    return "useful" if share <= USEFUL_SHARE else "coarse"


def _rows(spec: Mapping[str, Any], query: Query, found: Promise) -> Iterator[Row]:
    """Yield one row for each figure; bins of a histogram are promised alike: one stands for all."""
    drivers, *figures = found.columns
    yield Row(
        name=drivers.column,
        words=str(words.NUMBER),
        unit=words.unit(DRIVERS),
        all=_short(drivers.whole),
        group=_short(drivers.group),
        all_part=None,
        group_part=None,
    )
    columns = {one.column: one for one in figures}
    for one, document in zip(query.statistics, spec["statistics"], strict=True):
        shown = one.column_names[:1] if isinstance(one, Histogram) else one.column_names
        for place, name in enumerate(shown):
            text = _text(document, spec["source"], place)
            label = one.name if isinstance(one, Histogram) else name
            yield _row(columns[name], label, text, _whole_range(one, columns[name], found))


def _row(column: ColumnPromise, name: str, text: str, whole_range: float) -> Row:
    is_share = column.unit == SHARE
    times = 100 if is_share else 1
    return Row(
        name=name,
        words=text,
        unit=str(words.POINTS) if is_share else words.unit(column.unit),
        all=_short(times * column.whole),
        group=_short(times * column.group),
        all_part=_part(column.whole / whole_range),
        group_part=_part(column.share),
        verdict=words.VERDICTS[verdict_of(column.share)],
    )


def _whole_range(one: Statistic, column: ColumnPromise, found: Promise) -> float:
    """Return the range of the figure for all data; totals grow with the drivers."""
    of_group = column.group / column.share
    if isinstance(one, Sum | Count) and one.depth != "all":
        return of_group * found.drivers / max(found.drivers_per_group, 1)
    return of_group


def _reason(spec: Mapping[str, Any], query: Query, found: Promise) -> str:
    if found.drivers_per_group < query.min_cohort:
        facts = {"has": found.drivers_per_group, "least": query.min_cohort}
        return str(words.REASONS["too_few"]) % facts
    if found.verdict == "useful":
        return str(words.REASONS["fine"])
    code = "too_wide" if found.verdict == "refused" else "wide"
    worst = max(found.columns, key=lambda one: one.share)
    return str(words.REASONS[code]) % {"figure": _named(spec, query, worst.column)}


def _named(spec: Mapping[str, Any], query: Query, name: str) -> str:
    for one, document in zip(query.statistics, spec["statistics"], strict=True):
        if name in one.column_names:
            text = _text(document, spec["source"], one.column_names.index(name))
            return sentences.capital(text)
    return name


def _text(document: Mapping[str, Any], source: str, place: int) -> str:
    if document["kind"] == "histogram":
        return sentences.plain(document, source)
    return sentences.column(document, source, place)


def _part(share: float) -> float:
    """Return the whole interval as a part of the range, 0 to 100."""
    return round(min(100.0, 200 * share), 1)


def _short(value: float) -> str:
    """Return three significant digits without an exponent."""
    if not isfinite(value):
        return "\N{INFINITY}"
    decimals = max(0, 2 - int(f"{value:e}".partition("e")[2]))
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

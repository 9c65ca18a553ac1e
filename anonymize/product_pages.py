"""The data card of a standard product as a page: its words, its question, its promised errors."""

from collections.abc import Iterator, Sequence
from itertools import chain

from anonymize import selectors
from anonymize.domain import products, queries, telling
from anonymize.domain.product_cards import WEIGHED
from anonymize.domain.products import StandardProduct
from anonymize.domain.promises import ColumnPromise, Promise
from anonymize.domain.questions import DRIVERS, Query
from anonymize.domain.statistics import Histogram, Statistic

COHORTS = (300, 1_000, 10_000)

EXPECTED = (
    "What the question expects of drivers' values shapes these errors alone, never the answer. It"
    " is from a month of 1,000 vehicles of the simulated fleet (`docs/simulator.md` has its"
    " equations and their sources, and recorded sets beside it), not from drivers' data. Where the"
    " real fleet differs, so does the error; what was published once tells it better."
)

_DEPTHS = {"all": "all data", "first": "the first key", "group": "every group"}


def page_of(product: StandardProduct) -> str:
    """Return the card as Markdown; figures follow from the question alone."""
    card = product.card
    query = queries.plan_of(products.spec_of(product.name, ["2026-01"]))
    parts: Sequence[Iterator[str]] = (
        _head(product),
        _section("What it tells", card.tells),
        _section("What it cannot tell", card.cannot_tell),
        _section("Who may be missing", card.missing),
        _section("What one driver weighs", WEIGHED),
        _section("What it costs a driver", _cost(product)),
        _section("For example", card.example),
        _asked(query),
        _errors(product, query),
        _ways(product),
    )
    return "\n".join(chain.from_iterable(parts)) + "\n"


def _head(product: StandardProduct) -> Iterator[str]:
    yield f"# {product.card.title}"
    yield ""
    yield f"**{product.card.question}**"
    yield ""
    yield (
        f"Standard product `{product.name}`, over `{product.source}`. Written by `make products`"
        " from its question and its words."
    )


def _section(title: str, text: str) -> Iterator[str]:
    yield from ("", f"## {title}", "", text)


def _cost(product: StandardProduct) -> str:
    facts = selectors.privacy_facts(product.rho_micro)
    return (
        f"rho {product.rho_micro / 1e6:g} in each month that is asked for, which is epsilon"
        f" {facts['epsilon']} at delta {facts['delta']}: someone who knows everything about a"
        f" driver but one even fact guesses it right at most {facts['guess_in_100']} times in 100."
        " Without the driver's data: 50."
    )


def _asked(query: Query) -> Iterator[str]:
    yield from ("", "## What it asks", "")
    for key in query.group_by:
        yield f"- Rows by `{key.key}`: {', '.join(key.domain)}."
    yield f"- Groups that one driver counts in: at most {query.l0}, chosen at random."
    if query.l0_first is not None:
        yield f"- Values of the first key that one driver counts under: at most {query.l0_first}."
    yield f"- Rows with fewer than {query.min_cohort} drivers, with noise, are not shown."
    yield from ("", "| figure | unit | what | shown for |", "|---|---|---|---|")
    for one in query.statistics:
        depth = _DEPTHS[one.depth]
        yield f"| `{one.name}` | {telling.unit_of(one)} | {telling.meaning_of(one)} | {depth} |"


def _errors(product: StandardProduct, query: Query) -> Iterator[str]:
    found = [products.promise_of(product.name, drivers) for drivers in COHORTS]
    yield from ("", "## How exact it is", "")
    yield (
        f"Every figure is useful from **{products.least_drivers(product.name):,} drivers** on: the"
        " half of its 95% interval is then at most an eighth of its whole range, in a row of even"
        " size too."
    )
    yield ""
    yield (
        "Half of the expected 95% interval, by drivers: for all of them / for a row of even size at"
        " the deepest level that shows the figure. It holds the noise only, not how these drivers"
        " differ from others."
    )
    yield ""
    yield f"| figure | unit | {' | '.join(f'{drivers:,}' for drivers in COHORTS)} |"
    yield f"|---|---|{'---|' * len(COHORTS)}"
    yield f"| *the whole answer* | | {' | '.join(_verdict(one) for one in found)} |"
    for place, (label, name) in enumerate(_rows(query)):
        columns = [_column(one, name) for one in found]
        unit = "drivers" if not place else columns[0].unit
        yield f"| `{label}` | {unit} | {' | '.join(_pair(column) for column in columns)} |"
    yield from ("", EXPECTED, "")
    for one in query.statistics:
        yield from _expected(one)


_INNER = {0: "", 1: ", half below ", 3: ", quarters at "}
"""What is said of the numbers between the ends, by how many they are."""


def _expected(one: Statistic) -> Iterator[str]:
    """Yield what is expected of a statistic's drivers, where anything is."""
    expected = getattr(one, "expected", None)
    if expected is None:
        return
    ends = [str(end) for end in (expected.low, *expected.inner, expected.high)]
    between = f"{_INNER[len(expected.inner)]}{', '.join(ends[1:-1])}"
    within = f"; within a row {expected.within} times as wide" if expected.within else ""
    yield f"- `{one.name}`: 95 of 100 drivers from {ends[0]} to {ends[-1]}{between}{within}."


def _verdict(promise: Promise) -> str:
    return f"{promise.verdict}, {promise.drivers_per_group:,} in a row"


def _rows(query: Query) -> Iterator[tuple[str, str]]:
    """Yield a label and a column; the bins of a histogram share one line, for they are alike."""
    yield DRIVERS, DRIVERS
    for one in query.statistics:
        names = one.column_names[:1] if isinstance(one, Histogram) else one.column_names
        for name in names:
            yield one.name if isinstance(one, Histogram) else name, name


def _column(promise: Promise, name: str) -> ColumnPromise:
    return next(column for column in promise.columns if column.column == name)


def _pair(column: ColumnPromise) -> str:
    """Return both half widths, or one where no rows show the figure."""
    if column.group == column.whole:
        return _short(column.whole)
    return f"{_short(column.whole)} / {_short(column.group)}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004  # three digits


def _ways(product: StandardProduct) -> Iterator[str]:
    yield from ("", "## How to ask it", "", "```python")
    yield f'product = market.standard_product("{product.name}")'
    yield "product.estimate(drivers=1_000)  # free: error and privacy cost"
    yield 'spec = product.spec(["2026-10"])  # to change, and to file with market.request'
    yield "```"
    yield ""
    yield (
        f"The same at `GET /api/v1/standard-products/{product.name}`. Its ranges were chosen for"
        f" {product.card.months} month: over more months, totals of a driver reach their bounds"
        " sooner. Lists of models and bins may be changed; the promise changes with them."
    )

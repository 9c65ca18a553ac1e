"""Questions to start from: the standard products, told for pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from anonymize.domain import products
from anonymize.domain.product_cards import WEIGHED
from anonymize.domain.products import StandardProduct
from marketplace import sentences, words

Spec = Mapping[str, Any]


@dataclass(frozen=True)
class Start:
    """A standard product: its name in addresses, and its card in the reader's language."""

    name: str
    title: str
    question: str
    tells: str
    cannot_tell: str
    missing: str
    weighed: str
    example: str

    @property
    def least_drivers(self) -> int:
        """From how many drivers on every figure is useful."""
        return products.least_drivers(self.name)


@dataclass(frozen=True)
class Choice:
    """A part of a question that may be left out. values: of a key, one a line."""

    name: str
    words: str
    note: str = ""
    values: str = ""
    is_measured: bool = False


def starts() -> list[Start]:
    """Return the standard products, in the order of their cards."""
    return [_start(product) for product in products.standard_products()]


def start_named(name: str) -> Start:
    """Return the standard product of this name; the first one for any other name."""
    known = {one.name: one for one in products.standard_products()}
    return _start(known.get(name) or next(iter(known.values())))


def start_of(spec: Spec) -> Start | None:
    """Return the standard product that a question was made from, if it asks the same."""
    known = products.standard_products()
    same = (one for one in known if _asked(one.template) == _asked(spec))
    return next((_start(one) for one in same), None)


def figures(spec: Spec) -> list[Choice]:
    """Return the statistics of a question as choices."""
    return [
        Choice(one["name"], sentences.figure(one, spec), sentences.bounds(one))
        for one in spec["statistics"]
    ]


def keys(spec: Spec) -> list[Choice]:
    """Return the groupings of a question as choices."""
    return [
        Choice(
            one["key"],
            words.key(one["key"]),
            words.unit(one.get("unit", "")),
            "\n".join(one.get("domain") or one["bins"]),
            is_measured="bins" in one,
        )
        for one in spec["group_by"]
    ]


def _start(product: StandardProduct) -> Start:
    card = product.card
    return Start(
        name=product.name,
        title=gettext(card.title),
        question=gettext(card.question),
        tells=gettext(card.tells),
        cannot_tell=gettext(card.cannot_tell),
        missing=gettext(card.missing),
        weighed=gettext(WEIGHED),
        example=gettext(card.example),
    )


def _asked(spec: Spec) -> tuple[Any, ...]:
    return spec["source"], spec["group_by"], spec["statistics"]

"""The standard products: questions that ship with us, their months left open."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from anonymize.domain import bettering, promises, queries
from anonymize.domain.product_cards import CARDS, Card
from anonymize.errors import NoSuchStandardProduct
from protocol import query_spec

_FOLDER = Path(__file__).parents[1] / "products"
_ANY_WINDOW = ("2026-01",)


@dataclass(frozen=True)
class StandardProduct:
    """A QuerySpec without windows, and its words. name: its key in addresses and files."""

    name: str
    card: Card

    @property
    def template(self) -> dict[str, Any]:
        """The QuerySpec without its windows; the caller's own copy."""
        found: dict[str, Any] = json.loads(_text_of(self.name))
        return found

    @property
    def source(self) -> str:
        """The source it asks."""
        return str(self.template["source"])

    @property
    def rho_micro(self) -> int:
        """What one release costs each driver in each of its months, millionths of rho."""
        return int(self.template["rho_micro"])


def standard_products() -> tuple[StandardProduct, ...]:
    """Return every product that ships, in the order in which they are shown."""
    return tuple(StandardProduct(name, card) for name, card in CARDS.items())


def product_of(name: str) -> StandardProduct:
    """Return one product. Raises NoSuchStandardProduct."""
    if name not in CARDS:
        raise NoSuchStandardProduct(known=", ".join(CARDS))
    return StandardProduct(name, CARDS[name])


def spec_of(name: str, windows: Sequence[str]) -> dict[str, Any]:
    """Return the QuerySpec of a product over these months, `YYYY-MM`, ascending.

    Raises NoSuchStandardProduct, and SpecRefused when these are no months.
    """
    spec = {**product_of(name).template, "windows": list(windows)}
    queries.plan_of(spec)
    return query_spec.parse(spec)


def suggested_windows(name: str, today: date) -> list[str]:
    """Return the latest calendar months that are over, as many as the product is made for."""
    months = [
        today.year * 12 + today.month - 2 - ago for ago in range(product_of(name).card.months)
    ]
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in sorted(months)]


def promise_of(name: str, drivers: int) -> promises.Promise:
    """Return the error to expect from so many drivers; it does not depend on the months."""
    return promises.promise(queries.plan_of(spec_of(name, _ANY_WINDOW)), drivers)


def least_drivers(name: str) -> int:
    """Return the number of drivers from which on the promise calls every figure useful."""
    found = bettering.drivers_for_useful(queries.plan_of(spec_of(name, _ANY_WINDOW)))
    if found is None:
        raise ValueError("no cohort makes this product useful")
    return found


@cache
def _text_of(name: str) -> str:
    return (_FOLDER / f"{name}.json").read_text(encoding="utf-8")

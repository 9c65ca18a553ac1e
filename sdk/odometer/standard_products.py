"""The questions that ship with a marketplace: cards, specs, and what a cohort makes them worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from odometer.http import Session


@dataclass(frozen=True)
class StandardProduct:
    """One question that ships, its months left open. body: everything the server said."""

    session: Session = field(repr=False)
    body: Mapping[str, Any] = field(repr=False)
    name: str

    @property
    def title(self) -> str:
        """What it is about."""
        return str(self.body["title"])

    @property
    def card(self) -> Mapping[str, str]:
        """In plain words: what it tells and cannot tell, who may be missing, an example."""
        return dict(self.body["card"])

    @property
    def least_drivers(self) -> int:
        """From how many drivers on every figure is useful."""
        return int(self.body["least_drivers"])

    def spec(self, windows: Sequence[str] = ()) -> dict[str, Any]:
        """Return the QuerySpec over these months, `YYYY-MM`; the suggested ones without any.

        It may be changed, and goes to `estimate` and `request` like any other.
        """
        return {**self.body["template"], "windows": list(windows or self.body["suggested_windows"])}

    def estimate(self, *, drivers: int = 1_000, windows: Sequence[str] = ()) -> dict[str, Any]:
        """Return error and privacy cost for so many drivers; free, nobody's ledger moves."""
        asked = {"drivers": drivers, "windows": list(windows) or None}
        found = self.session.get(f"/standard-products/{self.name}", **asked)
        return dict(found["estimate"])


def told(session: Session, body: Mapping[str, Any]) -> StandardProduct:
    """Return the product that the server told about."""
    return StandardProduct(session, body, str(body["id"]))

"""Tell a driver what was earned and what was claimed."""

from collections.abc import Iterator
from typing import Any

from payouts import api, selectors
from registry.models import Driver
from registry.sections import tells


@tells("payouts")
def payouts(driver: Driver) -> Iterator[dict[str, Any]]:
    """Tell of every share of a release's pool, with the proof that the contract pays on."""
    rows = selectors.payouts_of(driver).order_by("created_at", "id")
    return (api.shown_payout(row) for row in rows.iterator())


@tells("claims")
def claims(driver: Driver) -> Iterator[dict[str, Any]]:
    """Tell of every claim: to whom, how much, in which transaction."""
    rows = selectors.claims_of(driver).order_by("created_at", "id")
    return (api.shown_claim(row) for row in rows.iterator())

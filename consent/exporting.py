"""Tell a driver what was answered to whom: consents with their receipts, and declines."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from consent import receipts, selectors, shapes
from consent.domain import instants
from consent.models import Consent, Decline
from registry.models import Driver
from registry.sections import tells


@tells("consents")
def consents(driver: Driver) -> Iterator[dict[str, Any]]:
    """Tell of every consent; a signed one comes with its receipt, which works without us."""
    rows = selectors.consents_of(driver).order_by("created_at", "id")
    return ({**shapes.shown(row), "receipt": _receipt(row)} for row in rows.iterator(200))


@tells("declines")
def declines(driver: Driver) -> Iterator[dict[str, Any]]:
    """Tell of every offer that the driver said no to."""
    rows = Decline.objects.filter(driver=driver).select_related("offer")
    for row in rows.order_by("created_at", "id").iterator():
        yield {
            **shapes.shown_answer(row),
            "title": row.offer.title,
            "buyer": {"name": row.offer.buyer_name, "is_accredited": row.offer.is_accredited},
            "purposes": row.offer.purposes,
            "at": instants.text(row.created_at),
        }


def _receipt(consent: Consent) -> dict[str, Any] | None:
    return receipts.receipt_of(consent, at=timezone.now()) if consent.grant_signature else None

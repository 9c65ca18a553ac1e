"""A quote: price, fee and the typed data that buys, before money moves."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from anonymize import selectors as anonymize
from anonymize.models import Release
from chain import paying, reading, standing
from marketplace.models import Quote
from protocol import allotment, typed_data
from protocol.ids import to_bytes32
from registry.models import Developer


def quote(*, developer: Developer, release_id: UUID, buyer: str, at: datetime) -> Quote:
    """Return a quote for one license, held by the buyer's own address.

    buyer: checksum address of the account that will sign order and permit.

    Raises NoSuchRelease, MarketHalted before anybody signs.
    """
    standing.refuse_while_halted()
    release = anonymize.published_release(release_id)
    expires_at = at + timedelta(seconds=settings.QUOTE_LIFETIME_S)
    return Quote.objects.create(
        release=release,
        developer=developer,
        buyer=buyer,
        price_units=release.price_units,
        fee_units=allotment.fee_units(release.price_units, release.dataset.fee_bps),
        order=_order(release, buyer, int(expires_at.timestamp())),
        permit=_permit(release, buyer, int(expires_at.timestamp())),
        expires_at=expires_at,
    )


def price_of(release: Release) -> dict[str, Any]:
    """Return the price of a release, broken up, for readers without an account."""
    fee = allotment.fee_units(release.price_units, release.dataset.fee_bps)
    return {
        "price_units": str(release.price_units - fee),
        "fee_units": str(fee),
        "total_units": str(release.price_units),
        "to_contributors_bps": 10_000 - release.dataset.fee_bps,
        "token": paying.payment_token().to_dict(),
    }


def _order(release: Release, buyer: str, deadline: int) -> dict[str, Any]:
    return typed_data.order(
        typed_data.market_domain(settings.CHAIN_ID, reading.address_of("ReleaseMarket")),
        buyer=buyer,
        recipient=buyer,
        release=to_bytes32(release.id),
        max_price=release.price_units,
        deadline=deadline,
    )


def _permit(release: Release, buyer: str, deadline: int) -> dict[str, Any]:
    token = paying.payment_token()
    return typed_data.permit(
        typed_data.token_domain(token.name, settings.CHAIN_ID, token.address),
        owner=buyer,
        spender=reading.address_of("ReleaseMarket"),
        value=release.price_units,
        nonce=paying.nonce_of(buyer),
        deadline=deadline,
    )

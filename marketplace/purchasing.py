"""Buy: check the signed order, send it to the chain, record the license it brings."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anonymize.models import Release
from chain import outbox, standing
from chain.domain.calls import ContractCall
from marketplace.errors import (
    AccreditationRequired,
    NoSuchQuote,
    PriceAboveMaximum,
    QuoteExpired,
    WrongOrderSignature,
)
from marketplace.models import Campaign, License, Purchase, Quote
from protocol import typed_data
from protocol.errors import ProtocolError
from protocol.ids import to_bytes32
from registry.models import Developer


@transaction.atomic
def purchase(
    *,
    developer: Developer,
    quote_id: UUID,
    order_signature: str,
    permit_signature: str,
    at: datetime,
) -> Purchase:
    """Return the purchase of a quoted license, on its way to the chain. Twice gives the first.

    permit_signature: EIP-2612 permit of the quote, or empty when an allowance stands.

    Raises AccreditationRequired, NoSuchQuote, QuoteExpired, WrongOrderSignature,
    PriceAboveMaximum, MarketHalted.
    """
    if developer.standing != Developer.Standing.ACCREDITED:
        raise AccreditationRequired(standing=developer.standing)
    quote = _own_quote(developer, quote_id)
    first = Purchase.objects.filter(quote=quote).first()
    if first is not None:
        return first
    standing.refuse_while_halted(may_not_know=True)
    _check(quote, order_signature, at)
    row = Purchase.objects.create(quote=quote, developer=developer)
    outbox.submit(
        call=_call(quote, order_signature, permit_signature),
        reference=f"marketplace.purchase:{row.id}",
    )
    return row


def record_purchase(
    *, release_id: UUID, recipient: str, price_units: int, fee_units: int, tx_hash: str, block: int
) -> None:
    """The chain sold a license: write it down, whoever relayed the order. Safe to run twice."""
    if not Release.objects.filter(id=release_id).exists():
        return
    waiting = Purchase.objects.filter(
        quote__release_id=release_id, quote__buyer=recipient, state=Purchase.State.SUBMITTED
    ).first()
    License.objects.get_or_create(
        release_id=release_id,
        recipient=recipient,
        defaults={
            "developer": waiting.developer if waiting else _developer_of(release_id, recipient),
            "price_units": price_units,
            "fee_units": fee_units,
            "tx_hash": tx_hash,
            "block_number": block,
        },
    )
    if waiting is not None:
        waiting.state, waiting.tx_hash = Purchase.State.LICENSED, tx_hash
        waiting.save(update_fields=["state", "tx_hash"])


@transaction.atomic
def undo_purchase(*, release_id: UUID, recipient: str, tx_hash: str) -> None:
    """The sale left the chain, and the license with it; the outbox sends the order again."""
    License.objects.filter(release_id=release_id, recipient=recipient, tx_hash=tx_hash).delete()
    Purchase.objects.filter(
        quote__release_id=release_id, state=Purchase.State.LICENSED, tx_hash=tx_hash
    ).update(state=Purchase.State.SUBMITTED, tx_hash="")


def record_refusal(*, purchase_id: UUID, reason: str) -> None:
    """The contract refused the order; no money moved."""
    Purchase.objects.filter(id=purchase_id, state=Purchase.State.SUBMITTED).update(
        state=Purchase.State.FAILED, failure=reason[:120]
    )


def _own_quote(developer: Developer, quote_id: UUID) -> Quote:
    rows = Quote.objects.select_for_update(of=("self",)).select_related("release")
    quote = rows.filter(id=quote_id, developer=developer).first()
    if quote is None:
        raise NoSuchQuote
    return quote


def _check(quote: Quote, signature: str, at: datetime) -> None:
    if at >= quote.expires_at:
        raise QuoteExpired(expired_at=quote.expires_at.isoformat())
    allowed = int(quote.order["message"]["maxPrice"])
    if allowed < quote.release.price_units:
        raise PriceAboveMaximum(
            total_units=str(quote.release.price_units), max_price_units=str(allowed)
        )
    try:
        signer = typed_data.recover(quote.order, signature)
    except ProtocolError as error:
        raise WrongOrderSignature(buyer=quote.buyer) from error
    if signer != quote.buyer:
        raise WrongOrderSignature(buyer=quote.buyer)


def _call(quote: Quote, order_signature: str, permit_signature: str) -> ContractCall:
    order: dict[str, Any] = quote.order["message"]
    permit: dict[str, Any] = quote.permit["message"]
    return ContractCall(
        "ReleaseMarket",
        "buy_with_order",
        (
            order["buyer"],
            order["recipient"],
            to_bytes32(quote.release_id),
            int(order["maxPrice"]),
            int(order["deadline"]),
            bytes.fromhex(order_signature.removeprefix("0x")),
            int(permit["value"]),
            int(permit["deadline"]),
            bytes.fromhex(permit_signature.removeprefix("0x")),
        ),
    )


def _developer_of(release_id: UUID, recipient: str) -> Developer | None:
    quote = Quote.objects.filter(release_id=release_id, buyer=recipient).first()
    if quote is not None:
        return quote.developer
    funded = Campaign.objects.filter(
        recipient=recipient, request__dataset__releases__id=release_id
    ).select_related("request__developer")
    campaign = funded.first()
    return campaign.request.developer if campaign else None

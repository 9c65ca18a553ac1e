"""Apply what the chain says about sales and claims, and take it back when it unsays it."""

import logging
from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from chain.domain.calls import EventRecord
from chain.facts import place_of
from payouts.models import Claim, Payment, Pool, Sale, Share

logger = logging.getLogger(__name__)


@transaction.atomic
def record_sale(*, release_id: UUID, record: EventRecord) -> None:
    """Record one sale of a release. Hearing it again changes nothing."""
    Sale.objects.update_or_create(
        tx_hash=record.tx_hash,
        log_index=record.log_index,
        defaults={
            "release_id": release_id,
            "block_number": record.block_number,
            "sold_at": record.block_at,
            "buyer": record.args["buyer"],
            "recipient": record.args["recipient"],
            "price_units": record.args["price"],
            "fee_units": record.args["fee"],
        },
    )
    _recount(release_id)


@transaction.atomic
def undo_sale(*, release_id: UUID, record: EventRecord) -> None:
    """Take back a sale whose block left the chain."""
    Sale.objects.filter(tx_hash=record.tx_hash, log_index=record.log_index).delete()
    _recount(release_id)


@transaction.atomic
def record_claim(*, release_id: UUID, record: EventRecord) -> None:
    """Record that a contributor was paid up to a sale, whoever sent the claim."""
    sales: int = record.args["sales"]
    _write_payment(release_id, record)
    _change_share(release_id, record.args["driver"], lambda share: max(share.claimed_sales, sales))
    for claim in _claims(record.args["driver"], release_id, Claim.State.QUEUED):
        if _is_settled(claim):
            claim.state, claim.tx_hash, claim.reason = Claim.State.CONFIRMED, record.tx_hash, ""
            claim.save()


@transaction.atomic
def undo_claim(*, release_id: UUID, record: EventRecord) -> None:
    """Take back a payment whose block left the chain; the outbox sends the claim again."""

    def before(share: Share) -> int:
        amount_units: int = record.args["amount"]
        sales: int = record.args["sales"]
        return min(share.claimed_sales, sales - amount_units // share.per_sale_units)

    _change_share(release_id, record.args["driver"], before)
    for claim in _claims(record.args["driver"], release_id, Claim.State.CONFIRMED):
        if claim.tx_hash == record.tx_hash:
            claim.state, claim.tx_hash = Claim.State.QUEUED, ""
            claim.save()


@transaction.atomic
def record_claim_failure(*, claim_id: UUID, reason: str) -> None:
    """Record that a claim will never be paid; what is owed stays owed."""
    Claim.objects.filter(id=claim_id, state=Claim.State.QUEUED).update(
        state=Claim.State.FAILED, reason=reason[:200]
    )


@transaction.atomic
def forget(block: int) -> None:
    """Drop the sales and payments of blocks above this one, and what follows from them."""
    sales = Sale.objects.filter(block_number__gt=block)
    payments = Payment.objects.filter(block_number__gt=block)
    sold = set(sales.values_list("release_id", flat=True))
    paid = set(payments.values_list("release_id", "address"))
    sales.delete()
    payments.delete()
    for release_id in sold:
        _recount(release_id)
    for release_id, address in paid:
        _change_share(release_id, address, _paid_before)


def _paid_before(share: Share) -> int:
    """Return up to which sale the payments that are left have paid."""
    left = Payment.objects.filter(
        release_id=share.pool.release_id, address=share.consent_address
    ).aggregate(most=Max("sales"))
    return left["most"] or 0


def _write_payment(release_id: UUID, record: EventRecord) -> None:
    args = record.args
    fact = Payment(
        release_id=release_id,
        address=args["driver"],
        to=args["to"],
        amount_units=args["amount"],
        sales=args["sales"],
        **place_of(record),
    )
    Payment.objects.bulk_create([fact], ignore_conflicts=True)


def _recount(release_id: UUID) -> None:
    sales = Sale.objects.filter(release_id=release_id).count()
    Pool.objects.filter(release_id=release_id).update(sales=sales)


def _change_share(release_id: UUID, address: str, sales_of: Callable[[Share], int]) -> None:
    shares = Share.objects.select_for_update()  # the claim door reads it in order to pay
    share = shares.filter(pool__release_id=release_id, consent_address=address).first()
    if share is None:
        logger.warning("unknown_share release=%s", release_id)
        return
    share.claimed_sales = sales_of(share)
    share.claimed_units = share.claimed_sales * share.per_sale_units
    share.save(update_fields=["claimed_sales", "claimed_units"])


def _claims(address: str, release_id: UUID, state: str) -> list[Claim]:
    rows = Claim.objects.filter(consent_address=address, state=state).order_by("created_at")
    return [claim for claim in rows if str(release_id) in claim.sales]


def _is_settled(claim: Claim) -> bool:
    shares = Share.objects.filter(
        consent_address=claim.consent_address, pool__release_id__in=claim.sales
    ).select_related("pool")
    return all(share.claimed_sales >= claim.sales[str(share.pool.release_id)] for share in shares)

"""Chain doors: licenses sold, orders refused; bounties put in, paid out and given back."""

import logging
from collections.abc import Callable
from uuid import UUID

from django.utils import timezone

from chain.domain.calls import EventRecord
from chain.subscriptions import on_event, on_failure, on_undone
from marketplace import funding, purchasing, refunding, settling
from marketplace.domain.campaigns import Bounty
from protocol.errors import ProtocolError
from protocol.ids import from_bytes32

logger = logging.getLogger(__name__)

ESCROW = "CampaignEscrow"


@on_event("ReleaseMarket", "Bought")
def license_bought(record: EventRecord) -> None:
    """Chain door: a license was sold."""
    release_id = _release_in(record)
    if release_id is not None:
        purchasing.record_purchase(
            release_id=release_id,
            recipient=record.args["recipient"],
            price_units=record.args["price"],
            fee_units=record.args["fee"],
            tx_hash=record.tx_hash,
            block=record.block_number,
        )


@on_undone("ReleaseMarket", "Bought")
def sale_undone(record: EventRecord) -> None:
    """Chain door: the block of a sale left the chain."""
    release_id = _release_in(record)
    if release_id is not None:
        purchasing.undo_purchase(
            release_id=release_id, recipient=record.args["recipient"], tx_hash=record.tx_hash
        )


@on_failure("marketplace.purchase:")
def order_refused(reference: str, reason: str) -> None:
    """Chain door: the contract refused an order."""
    purchasing.record_refusal(purchase_id=_id_in(reference), reason=reason)


@on_event(ESCROW, "Funded")
def campaign_funded(record: EventRecord) -> None:
    """Chain door: a bounty stands in escrow."""
    args = record.args
    bounty = Bounty(
        funder=args["funder"],
        recipient=args["recipient"],
        dataset=args["dataset"],
        units=args["bounty"],
        threshold=args["threshold"],
        deadline=args["deadline"],
    )
    _tell(
        record,
        lambda request_id: funding.record_funding(
            request_id=request_id, heard=bounty, tx_hash=record.tx_hash, at=record.block_at
        ),
    )


@on_event(ESCROW, "Settled")
def campaign_settled(record: EventRecord) -> None:
    """Chain door: a bounty paid for its release."""
    _tell(
        record,
        lambda request_id: settling.record_settlement(
            request_id=request_id,
            funder=record.args["funder"],
            release_id=from_bytes32(record.args["release"]),
            price_units=record.args["price"],
            change_units=record.args["change"],
            tx_hash=record.tx_hash,
            at=record.block_at,
        ),
    )


@on_event(ESCROW, "Refunded")
def campaign_refunded(record: EventRecord) -> None:
    """Chain door: a bounty went back to its funder."""
    _tell(
        record,
        lambda request_id: refunding.record_refund(
            request_id=request_id,
            funder=record.args["funder"],
            tx_hash=record.tx_hash,
            at=record.block_at,
        ),
    )


@on_undone(ESCROW, "Funded")
def funding_undone(record: EventRecord) -> None:
    """Chain door: the block of a funding left the chain."""
    funder = record.args["funder"]
    _tell(record, lambda request_id: funding.undo_funding(request_id=request_id, funder=funder))


@on_undone(ESCROW, "Settled")
def settlement_undone(record: EventRecord) -> None:
    """Chain door: the block of a settlement left the chain."""
    funder = record.args["funder"]
    _tell(record, lambda request_id: settling.undo_settlement(request_id=request_id, funder=funder))


@on_undone(ESCROW, "Refunded")
def refund_undone(record: EventRecord) -> None:
    """Chain door: the block of a refund left the chain."""
    funder = record.args["funder"]
    _tell(record, lambda request_id: refunding.undo_refund(request_id=request_id, funder=funder))


@on_failure("marketplace.fund:")
def funding_refused(reference: str, reason: str) -> None:
    """Chain door: the escrow refused a bounty."""
    funding.record_refusal(campaign_id=_id_in(reference), reason=reason)


@on_failure("marketplace.settle:")
def settlement_refused(reference: str, reason: str) -> None:
    """Chain door: the escrow refused to settle."""
    settling.record_refusal(campaign_id=_id_in(reference), reason=reason, at=timezone.now())


@on_failure("marketplace.refund:")
def refund_refused(reference: str, reason: str) -> None:
    """Chain door: the escrow refused to give back."""
    refunding.record_refusal(campaign_id=_id_in(reference), reason=reason, at=timezone.now())


def _id_in(reference: str) -> UUID:
    return UUID(reference.partition(":")[2].partition(".")[0])


def _release_in(record: EventRecord) -> UUID | None:
    try:
        return from_bytes32(record.args["release"])
    except ProtocolError:
        logger.info("foreign_release block=%s", record.block_number)
        return None


def _tell(record: EventRecord, act: Callable[[UUID], None]) -> None:
    # Anybody can put money into the escrow under any name.
    try:
        request_id = from_bytes32(record.args["request"])
    except ProtocolError:
        logger.info("foreign_campaign block=%s", record.block_number)
        return
    act(request_id)

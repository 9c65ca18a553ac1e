"""Put a campaign's bounty in escrow: what the developer signs, and what the chain says to it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from anonymize.errors import DatasetNotReady
from anonymize.models import Dataset
from chain import outbox, paying, reading, standing
from chain.domain.calls import ContractCall
from consent import offering
from marketplace import gauging
from marketplace.domain import campaigns
from marketplace.domain.campaigns import Bounty
from marketplace.errors import (
    AccreditationRequired,
    BalanceTooLow,
    BountyBelowPrice,
    CampaignNotOpen,
    FundingExpired,
    WrongFundingSignature,
)
from marketplace.models import Campaign
from marketplace.selectors import campaign_of, dataset_of
from protocol import typed_data
from protocol.errors import ProtocolError
from protocol.ids import to_bytes32
from protocol.typed_data import TypedData
from registry.models import Developer

CONTRACT = "CampaignEscrow"

LONGEST_SIGNATURE = timedelta(days=1)
"""A signature that is good for longer is refused: it could be sent at a bad moment."""


def to_sign(
    *, developer: Developer, request_id: UUID, funder: str, at: datetime
) -> dict[str, TypedData]:
    """Return the funding and the permit over exactly the bounty, as the funder signs them.

    funder: checksum address of the account that pays, holds the license and gets change and refund.

    Raises AccreditationRequired, NoSuchRequest, NoCampaign, CampaignNotOpen, DatasetNotReady,
    BountyBelowPrice, BalanceTooLow, MarketHalted.
    """
    row = campaign_of(request_id=request_id, developer=developer)
    _check_open(row, developer, at)
    _check_balance(row, funder)
    valid_until = min(at + timedelta(seconds=settings.QUOTE_LIFETIME_S), row.deadline_at)
    return _messages(row, funder, int(valid_until.timestamp()))


@transaction.atomic
def fund(
    *,
    developer: Developer,
    request_id: UUID,
    funder: str,
    valid_until: int,
    fund_signature: str,
    permit_signature: str,
    at: datetime,
) -> Campaign:
    """Return the campaign with its bounty on the way to the escrow. Twice gives the first.

    valid_until: Unix seconds, as in both messages that were signed.

    Raises what `to_sign` raises, and FundingExpired, WrongFundingSignature.
    """
    row = campaign_of(request_id=request_id, developer=developer, is_locked=True)
    if row.state in {Campaign.State.FUNDING, Campaign.State.FUNDED} and row.funder == funder:
        return row
    _check_open(row, developer, at)
    _check_valid(valid_until, at)
    messages = _messages(row, funder, valid_until)
    _check_signed(messages["fund"], fund_signature, funder, "fund")
    _check_signed(messages["permit"], permit_signature, funder, "permit")
    _check_balance(row, funder)
    row.funder = row.recipient = funder
    row.state, row.failure, row.tries = Campaign.State.FUNDING, "", row.tries + 1
    row.save()
    call = _call(row, valid_until, fund_signature, permit_signature)
    outbox.submit(call=call, reference=f"marketplace.fund:{row.id}.{row.tries}")
    return row


@transaction.atomic
def record_funding(*, request_id: UUID, heard: Bounty, tx_hash: str, at: datetime) -> None:
    """The escrow holds a bounty. It counts when it is the one that was agreed. Safe to run twice.

    Anybody can fund anything under any name; what was not agreed is that funder's to take back.
    """
    row = Campaign.objects.select_for_update(of=("self",)).filter(request_id=request_id).first()
    if row is None or row.state not in campaigns.BEFORE_THE_MONEY:
        return
    if heard == gauging.bounty_of(row):
        row.state, row.failure = Campaign.State.FUNDED, ""
        row.fund_tx_hash, row.funded_at = tx_hash, at
        row.save()


def undo_funding(*, request_id: UUID, funder: str) -> None:
    """The block of a funding left the chain: no driver is asked until it is there again."""
    row = Campaign.objects.filter(request_id=request_id, funder=funder).first()
    if row is None or row.state != Campaign.State.FUNDED:
        return
    row.state, row.fund_tx_hash, row.funded_at = Campaign.State.FUNDING, "", None
    row.save(update_fields=["state", "fund_tx_hash", "funded_at"])
    offering.close_offers(dataset_id=dataset_of(row.request).id)


def record_refusal(*, campaign_id: UUID, reason: str) -> None:
    """The escrow refused the bounty; no money moved, and it can be tried again."""
    Campaign.objects.filter(id=campaign_id, state=Campaign.State.FUNDING).update(
        state=Campaign.State.UNFUNDED, failure=reason[:120]
    )


def _check_open(row: Campaign, developer: Developer, at: datetime) -> None:
    if developer.standing != Developer.Standing.ACCREDITED:
        raise AccreditationRequired(standing=developer.standing)
    if row.bounty_units < row.request.price_units:
        raise BountyBelowPrice(
            price_units=str(row.request.price_units), bounty_units=str(row.bounty_units)
        )
    dataset = row.request.dataset
    if dataset is None or row.state != Campaign.State.UNFUNDED or at >= row.deadline_at:
        is_over = row.state == Campaign.State.UNFUNDED and at >= row.deadline_at
        raise CampaignNotOpen(state=campaigns.LAPSED if is_over else gauging.phase_of(row))
    if dataset.state != Dataset.State.READY:
        raise DatasetNotReady
    standing.refuse_while_halted(may_not_know=True)


def _check_valid(valid_until: int, at: datetime) -> None:
    until = datetime.fromtimestamp(valid_until, tz=UTC)
    if not at < until <= at + LONGEST_SIGNATURE:
        raise FundingExpired(valid_until=until.isoformat())


def _check_signed(message: TypedData, signature: str, funder: str, part: str) -> None:
    try:
        signer = typed_data.recover(message, signature)
    except ProtocolError as error:
        raise WrongFundingSignature(part=part, funder=funder) from error
    if signer != funder:
        raise WrongFundingSignature(part=part, funder=funder)


def _check_balance(row: Campaign, funder: str) -> None:
    held = int(reading.view(ContractCall(paying.CONTRACT, "balanceOf", (funder,))))
    if held < row.bounty_units:
        raise BalanceTooLow(funder=funder, held_units=str(held), bounty_units=str(row.bounty_units))


def _messages(row: Campaign, funder: str, valid_until: int) -> dict[str, TypedData]:
    token, escrow = paying.payment_token(), reading.address_of(CONTRACT)
    fund = typed_data.fund(
        typed_data.escrow_domain(settings.CHAIN_ID, escrow),
        funder=funder,
        recipient=funder,
        request=to_bytes32(row.request_id),
        dataset=to_bytes32(dataset_of(row.request).id),
        bounty=row.bounty_units,
        threshold=row.threshold,
        deadline=int(row.deadline_at.timestamp()),
        valid_until=valid_until,
    )
    permit = typed_data.permit(
        typed_data.token_domain(token.name, settings.CHAIN_ID, token.address),
        owner=funder,
        spender=escrow,
        value=row.bounty_units,
        nonce=paying.nonce_of(funder),
        deadline=valid_until,
    )
    return {"fund": fund, "permit": permit}


def _call(row: Campaign, valid_until: int, fund: str, permit: str) -> ContractCall:
    args: tuple[Any, ...] = (
        row.funder,
        row.recipient,
        to_bytes32(row.request_id),
        to_bytes32(dataset_of(row.request).id),
        row.bounty_units,
        row.threshold,
        int(row.deadline_at.timestamp()),
        valid_until,
        bytes.fromhex(fund.removeprefix("0x")),
        valid_until,
        bytes.fromhex(permit.removeprefix("0x")),
    )
    return ContractCall(CONTRACT, "fund_with_order", args)

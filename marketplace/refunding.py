"""Give a bounty back: by itself after the deadline, or early by an admin with a reason."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from audit import trail
from chain import outbox
from chain.domain.calls import ContractCall
from consent import offering
from consent.models import Offer
from marketplace.domain import campaigns
from marketplace.errors import CampaignNotFunded
from marketplace.funding import CONTRACT
from marketplace.gauging import phase_of
from marketplace.models import Campaign
from marketplace.selectors import campaign_of, dataset_of
from protocol.ids import to_bytes32


def refund(row: Campaign) -> None:
    """Send the refund of a locked campaign and ask no more drivers."""
    row.on_its_way, row.tries = campaigns.REFUND, row.tries + 1
    row.failure, row.not_before = "", None
    row.save()
    outbox.submit(
        call=ContractCall(CONTRACT, "refund", (row.funder, to_bytes32(row.request_id))),
        reference=f"marketplace.refund:{row.id}.{row.tries}",
    )
    offering.close_offers(dataset_id=dataset_of(row.request).id, ending=Offer.Ending.REFUNDED)


@transaction.atomic
def give_back(*, request_id: UUID, admin: User, reason: str, at: datetime) -> Campaign:
    """Return the campaign with its whole bounty on the way back, before its deadline.

    Raises NoSuchRequest, NoCampaign, CampaignNotFunded.
    """
    row = campaign_of(request_id=request_id, developer=None, is_locked=True)
    if row.state != Campaign.State.FUNDED or row.on_its_way:
        raise CampaignNotFunded(state=phase_of(row))
    row.given_back_by, row.given_back_why = admin, reason
    refund(row)
    trail.record(
        actor=f"admin:{admin.pk}",
        act="campaign.give_back",
        subject=str(request_id),
        facts={"bounty_units": str(row.bounty_units), "funder": row.funder, "reason": reason},
        at=at,
    )
    return row


def record_refund(*, request_id: UUID, funder: str, tx_hash: str, at: datetime) -> None:
    """Every unit of the bounty is with its funder again. Safe to run twice."""
    row = Campaign.objects.filter(
        request_id=request_id, funder=funder, state=Campaign.State.FUNDED
    ).first()
    if row is None:
        return
    row.state, row.on_its_way, row.failure = Campaign.State.REFUNDED, "", ""
    row.end_tx_hash, row.ended_at = tx_hash, at
    row.save()
    offering.close_offers(dataset_id=dataset_of(row.request).id, ending=Offer.Ending.REFUNDED)


def undo_refund(*, request_id: UUID, funder: str) -> None:
    """The block of a refund left the chain: its call is on its way again."""
    Campaign.objects.filter(
        request_id=request_id, funder=funder, state=Campaign.State.REFUNDED
    ).update(
        state=Campaign.State.FUNDED, on_its_way=campaigns.REFUND, end_tx_hash="", ended_at=None
    )


def record_refusal(*, campaign_id: UUID, reason: str, at: datetime) -> None:
    """The contract did not refund (it may be settled already); it is tried again after a pause."""
    Campaign.objects.filter(
        id=campaign_id, state=Campaign.State.FUNDED, on_its_way=campaigns.REFUND
    ).update(on_its_way="", failure=reason[:120], not_before=at + campaigns.PAUSE)

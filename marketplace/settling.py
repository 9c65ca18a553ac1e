"""Pay for a campaign's release out of its bounty, and hear that the chain did."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from anonymize.models import Release
from chain import outbox
from chain.domain.calls import ContractCall
from consent import offering
from consent.models import Offer
from marketplace.domain import campaigns
from marketplace.funding import CONTRACT
from marketplace.models import Campaign
from marketplace.selectors import dataset_of
from protocol.ids import to_bytes32


def settle(row: Campaign, release: Release) -> None:
    """Send the settlement of a locked campaign: the license to its recipient, the change back."""
    row.on_its_way, row.tries = campaigns.SETTLE, row.tries + 1
    row.failure, row.not_before = "", None
    row.save()
    args = (row.funder, to_bytes32(row.request_id), to_bytes32(release.id))
    outbox.submit(
        call=ContractCall(CONTRACT, "settle", args),
        reference=f"marketplace.settle:{row.id}.{row.tries}",
    )


@transaction.atomic
def record_settlement(
    *,
    request_id: UUID,
    funder: str,
    release_id: UUID,
    price_units: int,
    change_units: int,
    tx_hash: str,
    at: datetime,
) -> None:
    """The bounty bought the license; the rest went back to the funder. Safe to run twice."""
    row = Campaign.objects.filter(
        request_id=request_id, funder=funder, state=Campaign.State.FUNDED
    ).first()
    if row is None:
        return
    row.state, row.on_its_way, row.failure = Campaign.State.SETTLED, "", ""
    row.release_id, row.price_units, row.change_units = release_id, price_units, change_units
    row.end_tx_hash, row.ended_at = tx_hash, at
    row.save()
    offering.close_offers(dataset_id=dataset_of(row.request).id, ending=Offer.Ending.PAID)


def undo_settlement(*, request_id: UUID, funder: str) -> None:
    """The block of a settlement left the chain: its call is on its way again."""
    Campaign.objects.filter(
        request_id=request_id, funder=funder, state=Campaign.State.SETTLED
    ).update(
        state=Campaign.State.FUNDED,
        on_its_way=campaigns.SETTLE,
        release=None,
        price_units=None,
        change_units=None,
        end_tx_hash="",
        ended_at=None,
    )


def record_refusal(*, campaign_id: UUID, reason: str, at: datetime) -> None:
    """The contract did not settle; it is tried again after a pause, as long as there is time."""
    Campaign.objects.filter(
        id=campaign_id, state=Campaign.State.FUNDED, on_its_way=campaigns.SETTLE
    ).update(on_its_way="", failure=reason[:120], not_before=at + campaigns.PAUSE)

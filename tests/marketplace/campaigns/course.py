"""The course of a campaign in words for its tests: decide, hear of, publish, advance, show."""

from datetime import timedelta

from django.utils import timezone

from anonymize.models import Release
from chain.domain.calls import EventRecord
from chain.models import OutboundCall
from marketplace import advancing, requesting
from protocol.ids import to_bytes32
from tests.factories import anonymize as factory

BOUNTY = 1_000
PRICE = 900
NEEDED = 500


def decide(row, admin, decision="approve"):
    requesting.decide(
        request_id=row.request_id,
        admin=admin,
        decision=decision,
        reason_code="in_order",
        reason="Useful for planning, and moderate in what it costs.",
        at=timezone.now(),
    )


def heard(name, row, **changes):
    args = {
        "Funded": {
            "dataset": to_bytes32(row.request.dataset_id),
            "recipient": row.recipient,
            "token": "0x" + "11" * 20,
            "bounty": row.bounty_units,
            "threshold": row.threshold,
            "deadline": int(row.deadline_at.timestamp()),
        },
        "Settled": {"price": PRICE, "change": BOUNTY - PRICE},
        "Refunded": {"bounty": row.bounty_units},
    }[name]
    common = {"funder": row.funder, "request": to_bytes32(row.request_id)}
    return EventRecord(
        contract="CampaignEscrow",
        name=name,
        args=common | args | changes,
        block_number=9,
        block_hash="0x" + "22" * 32,
        block_at=timezone.now(),
        tx_hash="0x" + "33" * 32,
        log_index=0,
    )


def published(row, drivers, **changes):
    return factory.make_release(
        row.request.dataset,
        state=Release.State.PUBLISHED,
        published_at=timezone.now(),
        manifest={"contributors": {"total_weight": drivers}},
        **{"price_units": PRICE} | changes,
    )


def advance(row, *, after=timedelta(0)):
    advancing.advance(at=timezone.now() + after)
    row.refresh_from_db()


def functions():
    return list(OutboundCall.objects.order_by("created_at").values_list("function", flat=True))


def shown(client, row):
    return client.get(f"/api/v1/data-requests/{row.request_id}/campaign").data

"""A data request: propose, review, and open the offer that follows from an approval."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from anonymize import estimating, registering
from audit import trail
from chain import standing
from consent import offering
from consent.domain import terms
from marketplace.domain import campaigns
from marketplace.errors import (
    AccreditationRequired,
    AlreadyDecided,
    AnswerUseless,
    BountyBelowPrice,
    DeadlineTooSoon,
    NoSuchRequest,
)
from marketplace.models import Campaign, DataRequest
from marketplace.selectors import dataset_of
from protocol import allotment
from registry.models import Developer
from storage import selectors as storage

CONSENT_LASTS = timedelta(days=365)
"""How long a consent given for an approved request may stand; the contract allows 366 days."""

ANSWER_WITHIN = timedelta(days=4)
"""How soon a requester is promised a decision."""

DECISIONS = {
    "approve": DataRequest.State.APPROVED,
    "ask": DataRequest.State.CHANGES_ASKED,
    "reject": DataRequest.State.REJECTED,
}


def propose(
    *,
    developer: Developer,
    title: str,
    why: str,
    purposes: list[str],
    spec: dict[str, Any],
    price_units: int,
    drivers_needed: int,
    deadline_at: datetime,
    bounty_units: int | None = None,
    at: datetime | None = None,
) -> DataRequest:
    """Return a request in review.

    price_units: what a license of each release will cost, token units. bounty_units: makes the
    request a campaign: what shall wait in escrow, at least the price; what is left comes back.
    at: now; a campaign's deadline must be an hour away.

    Raises AccreditationRequired, SpecRefused, AnswerUseless with a suggestion where one would pass,
    BountyBelowPrice, DeadlineTooSoon.
    """
    if developer.standing != Developer.Standing.ACCREDITED:
        raise AccreditationRequired(standing=developer.standing)
    if bounty_units is not None:
        _check_campaign(bounty_units, price_units, deadline_at, at)
    told = estimating.estimate(spec=spec, drivers=drivers_needed)
    if told["verdict"] == "refused":
        raise AnswerUseless(drivers=drivers_needed, suggestion=told["promise"].get("suggestion"))
    row = DataRequest(
        developer=developer,
        title=title,
        why=why,
        purposes=purposes,
        spec=told["spec"],
        spec_sha256=told["spec_sha256"],
        price_units=price_units,
        drivers_needed=drivers_needed,
        deadline_at=deadline_at,
    )
    with transaction.atomic():
        row.save(force_insert=True)
        if bounty_units is not None:
            _make_campaign(row, bounty_units)
    return row


def _make_campaign(row: DataRequest, bounty_units: int) -> None:
    Campaign.objects.create(
        request=row,
        bounty_units=bounty_units,
        threshold=max(row.drivers_needed, row.spec["min_cohort"]),
        deadline_at=row.deadline_at.replace(microsecond=0),
    )


@transaction.atomic
def decide(
    *, request_id: UUID, admin: User, decision: str, reason_code: str, reason: str, at: datetime
) -> DataRequest:
    """Record an admin's decision with its reason; an approval opens dataset and offer.

    The offer of a campaign waits for the bounty: before funding, no driver is asked.

    Raises NoSuchRequest, AlreadyDecided, FeeDiffers before anything is opened.
    """
    row = DataRequest.objects.select_for_update().filter(id=request_id).first()
    if row is None:
        raise NoSuchRequest
    if row.state != DataRequest.State.IN_REVIEW:
        raise AlreadyDecided(state=row.state)
    if decision == "approve":
        standing.refuse_another_fee(settings.FEE_BPS)
    row.state = DECISIONS[decision]
    row.reason_code, row.reason = reason_code, reason
    row.decided_by, row.decided_at = admin, at
    if decision == "approve":
        _open(row, at)
    row.save()
    trail.record(
        actor=f"admin:{admin.pk}",
        act=f"data_request.{decision}",
        subject=str(row.id),
        facts={"spec_sha256": row.spec_sha256, "reason_code": reason_code},
        at=at,
    )
    return row


def put_to_drivers(row: DataRequest, at: datetime) -> None:
    """Let drivers answer the request from now on. Raises CampaignNotOpen without a dataset."""
    dataset = dataset_of(row)
    if not offering.reopen_offers(dataset_id=dataset.id):
        offering.open_offer(dataset_id=dataset.id, **_offer_of(row, at))


def _check_campaign(
    bounty_units: int, price_units: int, deadline_at: datetime, at: datetime | None
) -> None:
    if bounty_units < price_units:
        raise BountyBelowPrice(price_units=str(price_units), bounty_units=str(bounty_units))
    if at is not None and deadline_at < at + campaigns.SHORTEST:
        raise DeadlineTooSoon(deadline=deadline_at.isoformat())


def _open(row: DataRequest, at: datetime) -> None:
    """Register the dataset on the chain, and put the question to drivers unless money comes first.

    Raises TermsUnfair.
    """
    row.dataset = registering.register_dataset(
        spec=row.spec,
        rho_cap_micro=settings.DATASET_CAP_RHO_MICRO,
        fee_bps=settings.FEE_BPS,
        drivers_needed=row.drivers_needed,
    )
    if Campaign.objects.filter(request=row).exists():
        _check_askable(row)
    else:
        put_to_drivers(row, at)


def _check_askable(row: DataRequest) -> None:
    # The offer opens when the money is there; it must not turn out then that it may not.
    terms.check_fair(
        needed=[group_of(row.spec["source"])],
        purposes=row.purposes,
        lasts=CONSENT_LASTS,
        contributors_bps=10_000 - settings.FEE_BPS,
    )


def _offer_of(row: DataRequest, at: datetime) -> dict[str, Any]:
    pool = allotment.pool_units(row.price_units, settings.FEE_BPS)
    needed = max(row.drivers_needed, row.spec["min_cohort"])
    return {
        "title": row.title,
        "ask": row.why,
        "buyer_name": row.developer.name,
        "is_accredited": row.developer.standing == Developer.Standing.ACCREDITED,
        "purposes": row.purposes,
        "signal_groups": {"needed": [group_of(row.spec["source"])], "optional": []},
        "recipient_class": "accredited_company",
        "consent_expires_at": at + CONSENT_LASTS,
        "rho_micro": row.spec["rho_micro"],
        "pay_low_units": 0,
        "pay_high_units": pool // needed,
        "contributors_bps": 10_000 - settings.FEE_BPS,
        "drivers_needed": needed,
        "answer_before": row.deadline_at,
        "builder_key_sha256": storage.builder_key().sha256,
        "at": at,
    }


def group_of(source: str) -> str:
    """Return the signal group that a spec's source belongs to."""
    return {"charging_sessions": "charging"}.get(source, source)

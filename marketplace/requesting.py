"""A data request: propose, review, and open the offer that follows from an approval."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from anonymize import estimating, registering
from audit import trail
from consent import offering
from marketplace.errors import AccreditationRequired, AlreadyDecided, AnswerUseless, NoSuchRequest
from marketplace.models import DataRequest
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
) -> DataRequest:
    """Return a request in review.

    price_units: what a license of each release will cost, token units.

    Raises AccreditationRequired, SpecRefused, AnswerUseless with a suggestion where one would pass.
    """
    if developer.standing != Developer.Standing.ACCREDITED:
        raise AccreditationRequired(standing=developer.standing)
    told = estimating.estimate(spec=spec, drivers=drivers_needed)
    if told["verdict"] == "refused":
        raise AnswerUseless(drivers=drivers_needed, suggestion=told["promise"].get("suggestion"))
    return DataRequest.objects.create(
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


@transaction.atomic
def decide(
    *, request_id: UUID, admin: User, decision: str, reason_code: str, reason: str, at: datetime
) -> DataRequest:
    """Record an admin's decision with its reason; an approval opens dataset and offer.

    Raises NoSuchRequest, AlreadyDecided.
    """
    row = DataRequest.objects.select_for_update().filter(id=request_id).first()
    if row is None:
        raise NoSuchRequest
    if row.state != DataRequest.State.IN_REVIEW:
        raise AlreadyDecided(state=row.state)
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


def _open(row: DataRequest, at: datetime) -> None:
    """Register the dataset on the chain and put the question to drivers."""
    row.dataset = registering.register_dataset(
        spec=row.spec,
        rho_cap_micro=settings.DATASET_CAP_RHO_MICRO,
        fee_bps=settings.FEE_BPS,
        drivers_needed=row.drivers_needed,
    )
    offering.open_offer(dataset_id=row.dataset.id, **_offer_of(row, at))


def _offer_of(row: DataRequest, at: datetime) -> dict[str, Any]:
    pool = allotment.pool_units(row.price_units, settings.FEE_BPS)
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
        "pay_high_units": pool // max(row.drivers_needed, row.spec["min_cohort"]),
        "contributors_bps": 10_000 - settings.FEE_BPS,
        "drivers_needed": row.drivers_needed,
        "answer_before": row.deadline_at,
        "builder_key_sha256": storage.builder_key().sha256,
        "at": at,
    }


def group_of(source: str) -> str:
    """Return the signal group that a spec's source belongs to."""
    return {"charging_sessions": "charging"}.get(source, source)

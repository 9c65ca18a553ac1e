"""Doors for drivers: what was earned, and claiming it."""

from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from chain import paying
from common.api import Door, pages_of, tagged
from payouts import claiming, selectors
from payouts.models import Claim, Share
from registry.permissions import IsDriver
from registry.selectors import driver_of
from work.once import once


class PayoutFilter(serializers.Serializer[Any]):
    """Which payouts to list."""

    state = serializers.ChoiceField(
        choices=[selectors.CLAIMABLE, selectors.CLAIMED], required=False
    )


class ClaimForm(serializers.Serializer[Any]):
    """A claim as the consent key signed it; the order of the releases is part of it."""

    consent_address = serializers.CharField(max_length=42)
    release_ids = serializers.ListField(
        child=serializers.UUIDField(), allow_empty=False, max_length=claiming.MOST_RELEASES
    )
    to = serializers.RegexField(r"^0x[0-9a-fA-F]{40}$")
    deadline = serializers.IntegerField(min_value=0, max_value=2**63 - 1)
    signature = serializers.RegexField(r"^0x[0-9a-fA-F]{130}$")

    def validate_release_ids(self, value: list[UUID]) -> list[UUID]:
        """Refuse a release that is named twice."""
        if len(set(value)) != len(value):
            raise serializers.ValidationError("each release once", code="duplicate")
        return value


class PayoutsView(Door):
    """What the driver's data earned, release by release."""

    permission_classes = [IsDriver]
    parameters: ClassVar = ("state",)

    def get(self, request: Request) -> Response:
        """List the driver's shares with proofs, and what all of them come to."""
        form = PayoutFilter(data=request.query_params)
        form.is_valid(raise_exception=True)
        driver = driver_of(request.user)
        rows = selectors.payouts_of(driver, state=form.validated_data.get("state"))
        response = pages_of(request, rows, shown_payout, view=self)
        sums = selectors.sums_of(driver)
        response.data["sum"] = {
            "earned_units": str(sums.earned_units),
            "claimed_units": str(sums.claimed_units),
            "claimable_units": str(sums.claimable_units),
        }
        response.data["token"] = paying.payment_token().to_dict()
        return response


class ClaimsView(Door):
    """The driver's claims."""

    form = ClaimForm
    permission_classes = [IsDriver]

    def get(self, request: Request) -> Response:
        """List the driver's claims."""
        rows = selectors.claims_of(driver_of(request.user))
        return pages_of(request, rows, shown_claim, view=self)

    @once()
    def post(self, request: Request) -> Response:
        """Take a signed claim; the relayer pays the gas."""
        form = ClaimForm(data=request.data)
        form.is_valid(raise_exception=True)
        claim = claiming.claim(
            driver=driver_of(request.user), at=timezone.now(), **form.validated_data
        )
        return Response(shown_claim(claim), status=202)


class ClaimView(Door):
    """One claim."""

    permission_classes = [IsDriver]

    def get(self, request: Request, claim_id: UUID) -> Response:
        """Show how far the claim is."""
        claim = selectors.claim_of(driver=driver_of(request.user), claim_id=claim_id)
        return tagged(request, shown_claim(claim))


def shown_payout(share: Share) -> dict[str, Any]:
    """Return one share as its driver reads it."""
    return {
        "object": "payout",
        "id": str(share.id),
        "release_id": str(share.pool.release_id),
        "title": share.pool.title,
        "consent_address": share.consent_address,
        "share": {
            "start": share.start,
            "weight": share.weight,
            "total": share.pool.total_weight,
            "per_sale_units": str(share.per_sale_units),
        },
        "sales": share.pool.sales,
        "earned_units": str(share.earned_units),
        "claimed_units": str(share.claimed_units),
        "claimable_units": str(share.claimable_units),
        "root": share.pool.root,
        "proof": share.proof,
    }


def shown_claim(claim: Claim) -> dict[str, Any]:
    """Return the claim as its driver reads it."""
    return {
        "object": "claim",
        "id": str(claim.id),
        "state": claim.state,
        "amount_units": str(claim.amount_units),
        "consent_address": claim.consent_address,
        "release_ids": list(claim.sales),
        "to": claim.to,
        "gas_paid_by": "relayer",
        "tx_hash": claim.tx_hash or None,
        "reason": claim.reason or None,
        "created_at": f"{claim.created_at:%Y-%m-%dT%H:%M:%SZ}",
    }

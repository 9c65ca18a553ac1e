"""API doors: a campaign's progress, its funding, and the way back."""

from typing import cast
from uuid import UUID

from django.contrib.auth.models import User
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import Door, tagged
from marketplace import forms, funding, refunding, selectors, shapes
from registry.permissions import IsAdmin, IsDeveloper
from registry.selectors import developer_of
from work.once import once


class CampaignView(Door):
    """How far a campaign is."""

    permission_classes = [IsAdmin | IsDeveloper]

    def get(self, request: Request, request_id: UUID) -> Response:
        """Return state, consents, amounts and dates."""
        developer = None if request.user.is_staff else developer_of(request.user)
        row = selectors.campaign_of(request_id=request_id, developer=developer)
        return tagged(request, shapes.campaign(row))


class FundingView(Door):
    """The bounty: what is signed, and the signatures."""

    form = forms.FundingForm
    permission_classes = [IsDeveloper]
    parameters = ("funder",)

    def get(self, request: Request, request_id: UUID) -> Response:
        """Return the funding and the permit that the funder signs; no gas is needed."""
        form = forms.FunderForm(data=request.query_params)
        form.is_valid(raise_exception=True)
        messages = funding.to_sign(
            developer=developer_of(request.user),
            request_id=request_id,
            at=timezone.now(),
            **form.validated_data,
        )
        return Response(shapes.funding(request_id, messages))

    @once(is_required=False)
    def post(self, request: Request, request_id: UUID) -> Response:
        """Send the signed bounty to the escrow."""
        form = forms.FundingForm(data=request.data)
        form.is_valid(raise_exception=True)
        row = funding.fund(
            developer=developer_of(request.user),
            request_id=request_id,
            at=timezone.now(),
            **form.validated_data,
        )
        return Response(shapes.campaign(row), status=202, headers={"Retry-After": "1"})


class GiveBackView(Door):
    """The bounty goes back before the deadline."""

    form = forms.GiveBackForm
    permission_classes = [IsAdmin]

    @once(is_required=False)
    def post(self, request: Request, request_id: UUID) -> Response:
        """Give the whole bounty back, with a reason that the developer reads."""
        form = forms.GiveBackForm(data=request.data)
        form.is_valid(raise_exception=True)
        admin = cast("User", request.user)  # IsAdmin lets nobody else through
        row = refunding.give_back(
            request_id=request_id, admin=admin, at=timezone.now(), **form.validated_data
        )
        return Response(shapes.campaign(row), status=202, headers={"Retry-After": "1"})

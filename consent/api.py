"""Doors for drivers: offers, consents, signatures, renewals, revocations and receipts."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import Door, pages_of, tagged
from common.errors import NotFound
from consent import granting, receipts, renewing, selectors, shapes, stopping
from consent.models import Consent, Offer
from registry.api.opening import address_of
from registry.models import Driver
from registry.permissions import IsDriver
from registry.selectors import driver_of
from work.once import once


class OfferFilter(serializers.Serializer[Any]):
    """Which offers to list."""

    state = serializers.ChoiceField(choices=Offer.State.choices, default=Offer.State.OPEN)


class ConsentFilter(serializers.Serializer[Any]):
    """Which consents to list."""

    state = serializers.ChoiceField(choices=Consent.State.choices, required=False)


class ConsentForm(serializers.Serializer[Any]):
    """What a driver chooses from an offer."""

    offer_id = serializers.UUIDField()
    signal_groups = serializers.ListField(
        child=serializers.CharField(max_length=60), max_length=40, allow_empty=False
    )
    consent_address = serializers.CharField(max_length=42)


class SignatureForm(serializers.Serializer[Any]):
    """Both signatures: the grant, and the way out."""

    grant = serializers.RegexField(r"^0x[0-9a-fA-F]{130}$")
    revoke = serializers.RegexField(r"^0x[0-9a-fA-F]{130}$")


class RevocationForm(serializers.Serializer[Any]):
    """Nothing, or a fresh signature when none was kept."""

    revoke = serializers.RegexField(r"^0x[0-9a-fA-F]{130}$", required=False)


class StopForm(serializers.Serializer[Any]):
    """A revocation as it stands in a receipt, under `how_to_stop`."""

    consent_address = serializers.RegexField(r"^0x[0-9a-fA-F]{40}$")
    dataset_id = serializers.UUIDField()
    nonce = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    revoke = serializers.RegexField(r"^0x[0-9a-fA-F]{130}$")


class RenewalForm(serializers.Serializer[Any]):
    """The new end; as late as possible when it is left out."""

    expires_at = serializers.DateTimeField(required=False)


class RenewalSignatureForm(serializers.Serializer[Any]):
    """Both signatures: the renewal, and the way out that comes with it."""

    renew = serializers.RegexField(r"^0x[0-9a-fA-F]{130}$")
    revoke = serializers.RegexField(r"^0x[0-9a-fA-F]{130}$")


class OffersView(Door):
    """Offers a driver can answer."""

    permission_classes = [IsDriver]
    parameters: ClassVar = ("state",)

    def get(self, request: Request) -> Response:
        """List offers, open ones unless asked otherwise."""
        form = OfferFilter(data=request.query_params)
        form.is_valid(raise_exception=True)
        driver = driver_of(request.user)
        rows = selectors.offers_to(driver, at=timezone.now(), **form.validated_data)
        return pages_of(request, rows, _shown_to(driver), view=self)


class OfferView(Door):
    """One offer."""

    permission_classes = [IsDriver]

    def get(self, request: Request, offer_id: UUID) -> Response:
        """Show the offer and the driver's answer to it."""
        offer = selectors.offer(offer_id)
        return tagged(request, _shown_to(driver_of(request.user))(offer))


class DeclineView(Door):
    """A driver's no."""

    permission_classes = [IsDriver]

    @once(is_required=False)
    def post(self, request: Request, offer_id: UUID) -> Response:
        """Decline the offer; it is not asked again."""
        decline = granting.decline(
            driver=driver_of(request.user), offer_id=offer_id, at=timezone.now()
        )
        return Response(shapes.shown_answer(decline), status=201)


class ConsentsView(Door):
    """A driver's consents."""

    form = ConsentForm
    permission_classes = [IsDriver]
    parameters: ClassVar = ("state",)

    def get(self, request: Request) -> Response:
        """List the driver's consents."""
        form = ConsentFilter(data=request.query_params)
        form.is_valid(raise_exception=True)
        rows = selectors.consents_of(
            driver_of(request.user), state=form.validated_data.get("state"), at=timezone.now()
        )
        return pages_of(request, rows, shapes.shown, view=self)

    @once(is_required=False)
    def post(self, request: Request) -> Response:
        """Draft a consent: what is to be signed, word for word."""
        form = ConsentForm(data=request.data)
        form.is_valid(raise_exception=True)
        consent = granting.draft(
            driver=driver_of(request.user), at=timezone.now(), **form.validated_data
        )
        return Response(shapes.shown(consent), status=201)


class ConsentView(Door):
    """One consent."""

    permission_classes = [IsDriver]

    def get(self, request: Request, consent_id: UUID) -> Response:
        """Show the consent, its terms and what is to be signed."""
        return tagged(request, shapes.shown(_consent(request, consent_id)))


class SignatureView(Door):
    """The driver's signatures under a consent."""

    form = SignatureForm
    permission_classes = [IsDriver]

    @once(is_required=False)
    def post(self, request: Request, consent_id: UUID) -> Response:
        """Take both signatures and send the grant on its way."""
        form = SignatureForm(data=request.data)
        form.is_valid(raise_exception=True)
        consent = _consent(request, consent_id)
        status = 202 if consent.state == Consent.State.DRAFT else 200
        consent = granting.accept_signature(
            consent=consent, at=timezone.now(), **form.validated_data
        )
        return Response(shapes.shown(consent), status=status)


class RenewalView(Door):
    """The renewal of a consent."""

    form = RenewalForm
    permission_classes = [IsDriver]

    def get(self, request: Request, consent_id: UUID) -> Response:
        """Show the renewal that was signed last, and how far it is."""
        row = _consent(request, consent_id).latest_renewal()
        if row is None:
            raise NotFound
        return tagged(request, shapes.shown_renewal(row))

    @once(is_required=False)
    def post(self, request: Request, consent_id: UUID) -> Response:
        """Draft a renewal: same terms, another end, word for word as it is to be signed."""
        form = RenewalForm(data=request.data)
        form.is_valid(raise_exception=True)
        row = renewing.draft(
            consent=_consent(request, consent_id), at=timezone.now(), **form.validated_data
        )
        return Response(shapes.shown_renewal(row), status=201)


class RenewalSignatureView(Door):
    """The driver's signatures under a renewal."""

    form = RenewalSignatureForm
    permission_classes = [IsDriver]

    @once(is_required=False)
    def post(self, request: Request, consent_id: UUID) -> Response:
        """Take both signatures and send the renewal on its way."""
        form = RenewalSignatureForm(data=request.data)
        form.is_valid(raise_exception=True)
        at = timezone.now()
        row = renewing.accept_signature(
            consent=_consent(request, consent_id), at=at, **form.validated_data
        )
        return Response(shapes.shown_renewal(row), status=202 if row.signed_at == at else 200)


class RevocationView(Door):
    """The end of a consent."""

    form = RevocationForm
    permission_classes = [IsDriver]

    @once(is_required=False)
    def post(self, request: Request, consent_id: UUID) -> Response:
        """Revoke with the kept signature, or with the one that was sent."""
        form = RevocationForm(data=request.data)
        form.is_valid(raise_exception=True)
        consent = granting.revoke(
            consent=_consent(request, consent_id),
            at=timezone.now(),
            signature=form.validated_data.get("revoke", ""),
        )
        return Response(shapes.shown(consent), status=202)


class StopView(Door):
    """The end of a consent, for whoever holds its receipt; nobody needs to be signed in."""

    form = StopForm
    permission_classes = [AllowAny]

    def post(self, request: Request) -> Response:
        """Revoke what the revocation was signed for; the same answer when sent again."""
        form = StopForm(data=request.data)
        form.is_valid(raise_exception=True)
        said = form.validated_data
        consent = stopping.stop(
            stopping.Stop(
                address=said["consent_address"],
                dataset_id=said["dataset_id"],
                nonce=said["nonce"],
                signature=said["revoke"],
            ),
            asked_from=address_of(request),
            at=timezone.now(),
        )
        return Response(shapes.shown_stop(consent), status=202)


class ReceiptView(Door):
    """The receipt of a consent."""

    permission_classes = [IsDriver]

    def get(self, request: Request, consent_id: UUID) -> Response:
        """Return the receipt as a JSON-LD file that can be checked without us."""
        body = receipts.receipt_of(_consent(request, consent_id), at=timezone.now())
        response = tagged(request, body)
        response["Content-Disposition"] = f'attachment; filename="consent-{consent_id}.jsonld"'
        return response


def _shown_to(driver: Driver) -> Callable[[Offer], dict[str, Any]]:
    return lambda offer: shapes.shown_offer(offer, selectors.answer_to(offer, driver))


def _consent(request: Request, consent_id: UUID) -> Consent:
    return selectors.consent_of(driver=driver_of(request.user), consent_id=consent_id)

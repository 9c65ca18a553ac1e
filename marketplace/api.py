"""API doors: data requests and their review, products, quotes, purchases, licenses."""

from typing import Any, cast
from uuid import UUID

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from anonymize import selectors as anonymize
from common.api import Door, pages_of, require_match, tagged
from marketplace import access, forms, purchasing, quoting, requesting, reviewing, selectors, shapes
from marketplace.errors import AccreditationRequired, LicenseRequired
from registry.models import Developer
from registry.permissions import IsAdmin, IsDeveloper
from registry.selectors import developer_of
from work.once import once


class RequestsView(Door):
    """Data requests: a developer sees own ones, an admin all."""

    form = forms.RequestForm
    permission_classes = [IsAdmin | IsDeveloper]
    parameters = ("state",)

    def get(self, request: Request) -> Response:
        """Return requests, newest first."""
        rows = (
            selectors.all_requests()
            if request.user.is_staff
            else selectors.requests_of(developer_of(request.user))
        )
        if "state" in request.query_params:
            rows = rows.filter(state__in=request.query_params.getlist("state"))
        return pages_of(request, rows, shapes.data_request, view=self)

    @once()
    def post(self, request: Request) -> Response:
        """File a data request."""
        form = forms.RequestForm(data=request.data)
        form.is_valid(raise_exception=True)
        row = requesting.propose(
            developer=developer_of(request.user), at=timezone.now(), **form.validated_data
        )
        return Response(shapes.data_request(row), status=201)


class RequestView(Door):
    """One data request."""

    permission_classes = [IsAdmin | IsDeveloper]

    def get(self, request: Request, request_id: UUID) -> Response:
        """Return the request; its ETag is what a decision must carry."""
        return tagged(request, shapes.data_request(_request(request, request_id)))


class EvidenceView(Door):
    """What an admin looks at before deciding."""

    permission_classes = [IsAdmin]

    def get(self, request: Request, request_id: UUID) -> Response:
        """Return signals, cohort, privacy cost, expected error and checks."""
        return Response(reviewing.evidence(_request(request, request_id)))


class DecisionView(Door):
    """Approve, ask for changes, or reject."""

    form = forms.DecisionForm
    permission_classes = [IsAdmin]

    @once(is_required=False)
    def post(self, request: Request, request_id: UUID) -> Response:
        """Record the decision about the version the admin read."""
        form = forms.DecisionForm(data=request.data)
        form.is_valid(raise_exception=True)
        require_match(request, shapes.data_request(_request(request, request_id)))
        admin = cast("User", request.user)  # IsAdmin lets nobody else through
        row = requesting.decide(
            request_id=request_id, admin=admin, at=timezone.now(), **form.validated_data
        )
        return Response(shapes.data_request(row))


class ProductsView(Door):
    """The catalogue; no account needed."""

    permission_classes = [AllowAny]

    def get(self, request: Request) -> Response:
        """Return products, newest first."""
        return pages_of(request, selectors.products(), shapes.product, view=self)


class ProductView(Door):
    """One product of the catalogue."""

    permission_classes = [AllowAny]

    def get(self, request: Request, release_id: UUID) -> Response:
        """Return the product."""
        return tagged(request, shapes.product(selectors.product(release_id)))


class QuotesView(Door):
    """Price, fee and what to sign."""

    form = forms.QuoteForm
    permission_classes = [IsDeveloper]

    @once(is_required=False)
    def post(self, request: Request) -> Response:
        """Return a quote for one license."""
        form = forms.QuoteForm(data=request.data)
        form.is_valid(raise_exception=True)
        row = quoting.quote(
            developer=_accredited(request), at=timezone.now(), **form.validated_data
        )
        return Response(shapes.quote(row), status=201)


class ReleaseKeyView(Door):
    """The door that is paid for."""

    permission_classes = [IsDeveloper]

    def get(self, request: Request, release_id: UUID) -> Response:
        """Lead a licensee to the key; tell everybody else the price (402)."""
        developer = _accredited(request)
        release = anonymize.published_release(release_id)
        held = selectors.license_for(developer=developer, release_id=release_id)
        if held is None:
            raise LicenseRequired(extra=shapes.offer_to_buy(release))
        where = reverse("api:license-key", args=[held.id])
        return Response(status=303, headers={"Location": where})


class PurchasesView(Door):
    """Signed orders."""

    form = forms.PurchaseForm
    permission_classes = [IsDeveloper]

    @once()
    def post(self, request: Request) -> Response:
        """Send a signed order to the chain."""
        form = forms.PurchaseForm(data=request.data)
        form.is_valid(raise_exception=True)
        developer = developer_of(request.user)
        row = purchasing.purchase(developer=developer, at=timezone.now(), **form.validated_data)
        return Response(shapes.purchase(row, developer), status=202, headers={"Retry-After": "1"})


class PurchaseView(Door):
    """One purchase."""

    permission_classes = [IsDeveloper]

    def get(self, request: Request, purchase_id: UUID) -> Response:
        """Return its state and, once licensed, the license."""
        developer = developer_of(request.user)
        row = selectors.purchase_of(developer=developer, purchase_id=purchase_id)
        return tagged(request, shapes.purchase(row, developer))


class LicensesView(Door):
    """What the developer holds."""

    permission_classes = [IsDeveloper]

    def get(self, request: Request) -> Response:
        """Return licenses, newest first."""
        rows = selectors.licenses_of(developer_of(request.user))
        return pages_of(request, rows, shapes.license, view=self)


class LicenseView(Door):
    """One license."""

    permission_classes = [IsDeveloper]

    def get(self, request: Request, license_id: UUID) -> Response:
        """Return the license."""
        held = access.license_of(developer=developer_of(request.user), license_id=license_id)
        return tagged(request, shapes.license(held))


class LicenseKeyView(Door):
    """The DataKey of a licensed release, sealed to the licensee."""

    permission_classes = [IsDeveloper]
    parameters = ("recipient",)

    def get(self, request: Request, license_id: UUID) -> Response:
        """Return the sealed key; 202 while the builder wraps it."""
        held = access.license_of(developer=developer_of(request.user), license_id=license_id)
        form = forms.RecipientForm(data=request.query_params)
        form.is_valid(raise_exception=True)
        key = bytes.fromhex(form.validated_data["recipient"])
        wrapped = access.key_for(held=held, recipient_public_key=key)
        if wrapped is None:
            body = {"object": "wrapped_key", "id": str(held.id), "state": "being_wrapped"}
            return Response(body, status=202, headers={"Retry-After": "1"})
        return Response(_wrapped(held, wrapped.sealed))


def _wrapped(held: Any, sealed: str) -> dict[str, Any]:
    return {
        "object": "wrapped_key",
        "id": str(held.id),
        "state": "ready",
        "alg": "crypto_box_seal",
        "sealed": sealed,
        "cid": held.release.sealed.cid,
        "manifest_digest": held.release.manifest_digest,
    }


def _request(request: Request, request_id: UUID) -> Any:
    developer = None if request.user.is_staff else developer_of(request.user)
    return selectors.request_of(request_id=request_id, developer=developer)


def _accredited(request: Request) -> Developer:
    developer = developer_of(request.user)
    if developer.standing != Developer.Standing.ACCREDITED:
        raise AccreditationRequired(standing=developer.standing)
    return developer

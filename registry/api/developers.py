"""Doors of developers: sign-up, standing, API keys."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import Door, pages_of, tagged
from registry import accrediting, enrolment, issuing, selectors
from registry.api.fields import AddressField, HandleField
from registry.api.opening import open_session
from registry.models import ApiKey, Developer, LicenceToken
from registry.permissions import IsAdmin, IsDeveloper


class DeveloperForm(serializers.Serializer[Any]):
    """Who wants to buy. country: ISO 3166-1, two capital letters."""

    handle = HandleField()
    password = serializers.CharField(max_length=200, trim_whitespace=False)
    name = serializers.CharField(max_length=120)
    country = serializers.RegexField(r"^[A-Z]{2}$")


class AccreditationForm(serializers.Serializer[Any]):
    """What the admin found, and why; and where a licence token goes, if one is wanted."""

    decision = serializers.ChoiceField(
        choices=[Developer.Standing.ACCREDITED.value, Developer.Standing.REFUSED.value]
    )
    reason = serializers.CharField(min_length=3, max_length=500)
    wallet = AddressField(max_length=42, required=False, allow_blank=True, default="")


class ApiKeyForm(serializers.Serializer[Any]):
    """What the key may be used for; everything when nothing is said."""

    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=issuing.SCOPES), default=list(issuing.SCOPES)
    )


class DevelopersView(Door):
    """Developers: anybody may become one, admins may list them."""

    form = DeveloperForm

    def get_permissions(self) -> list[BasePermission]:
        """Return the rule of the method at hand."""
        return [AllowAny()] if self.request.method == "POST" else [IsAdmin()]

    def get(self, request: Request) -> Response:
        """Return a page of developers."""
        return pages_of(request, selectors.developers(), shown, view=self)

    def post(self, request: Request) -> Response:
        """Return the new developer, signed in."""
        form = DeveloperForm(data=request.data)
        form.is_valid(raise_exception=True)
        developer = enrolment.enrol_developer(**form.validated_data, at=timezone.now())
        open_session(request, developer.user)
        return Response(shown(developer), status=201)


class MyDeveloperView(Door):
    """The developer who asks."""

    permission_classes = [IsDeveloper]

    def get(self, request: Request) -> Response:
        """Return the developer."""
        return tagged(request, shown(selectors.developer_of(request.user)))


class AccreditationView(Door):
    """A developer's standing."""

    form = AccreditationForm
    permission_classes = [IsAdmin]

    def post(self, request: Request, developer_id: UUID) -> Response:
        """Return the developer with the standing just given."""
        form = AccreditationForm(data=request.data)
        form.is_valid(raise_exception=True)
        developer = accrediting.decide(
            developer=get_object_or_404(selectors.developers(), id=developer_id),
            standing=form.validated_data["decision"],
            reason=form.validated_data["reason"],
            wallet=form.validated_data["wallet"],
            admin=request.user.get_username(),
            at=timezone.now(),
        )
        return Response(shown(developer))


class ApiKeysView(Door):
    """The developer's API keys."""

    form = ApiKeyForm
    permission_classes = [IsDeveloper]

    def get(self, request: Request) -> Response:
        """Return a page of living keys, without their texts."""
        rows = selectors.living_keys(selectors.developer_of(request.user))
        return pages_of(request, rows, key_shown, view=self)

    def post(self, request: Request) -> Response:
        """Return the new key; its text is in this answer and never again."""
        form = ApiKeyForm(data=request.data)
        form.is_valid(raise_exception=True)
        developer = selectors.developer_of(request.user)
        key, text = issuing.issue(developer=developer, scopes=list(form.validated_data["scopes"]))
        return Response({**key_shown(key), "key": text}, status=201)


class ApiKeyView(Door):
    """One API key."""

    permission_classes = [IsDeveloper]

    def delete(self, request: Request, key_id: UUID) -> Response:
        """Revoke the key."""
        rows = selectors.living_keys(selectors.developer_of(request.user))
        issuing.revoke(key=get_object_or_404(rows, id=key_id), at=timezone.now())
        return Response(status=204)


def shown(developer: Developer) -> dict[str, Any]:
    """Return the developer as JSON."""
    return {
        "object": "developer",
        "id": str(developer.id),
        "handle": developer.handle,
        "name": developer.name,
        "country": developer.country,
        "standing": developer.standing,
        "standing_reason": developer.standing_reason,
        "licence": licence_shown(selectors.licence_of(developer)),
        "created_at": developer.created_at,
    }


def licence_shown(token: LicenceToken | None) -> dict[str, Any] | None:
    """Return the licence token as JSON, if there is one."""
    if token is None:
        return None
    return {
        "object": "licence_token",
        "token_id": str(token.token_id),
        "wallet": token.wallet,
        "state": token.state,
        "tx_hash": token.tx_hash or None,
        "failure": token.failure or None,
    }


def key_shown(key: ApiKey) -> dict[str, Any]:
    """Return the key as JSON, without its text."""
    return {
        "object": "api_key",
        "id": str(key.id),
        "prefix": key.prefix,
        "scopes": key.scopes,
        "last_used_at": key.last_used_at,
        "created_at": key.created_at,
    }

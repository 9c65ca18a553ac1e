"""Doors of signing in and out."""

from typing import Any, cast
from uuid import UUID

from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.middleware.csrf import get_token
from django.utils import timezone
from rest_framework import serializers
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import Door, pages_of
from registry import devices, sign_in
from registry.api.fields import HandleField, HexField, stamp
from registry.api.opening import address_of, open_session, session_shown
from registry.models import SignedIn
from registry.permissions import IsSignedIn
from registry.presence import ENDED


class SessionForm(serializers.Serializer[Any]):
    """A driver's handle and proof, or a developer's or admin's handle and password."""

    handle = HandleField()
    sign_in_proof = HexField(length_bytes=32, required=False)
    password = serializers.CharField(max_length=200, required=False, trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Want exactly one of the two."""
        if ("sign_in_proof" in attrs) == ("password" in attrs):
            raise serializers.ValidationError(
                "Send either sign_in_proof or password.", code="one_of_two"
            )
        return attrs


class SessionsView(Door):
    """Sign in; see where one is signed in; sign out everywhere."""

    form = SessionForm

    def get_permissions(self) -> list[BasePermission]:
        """Let everybody sign in; the rest is for who is."""
        return [AllowAny()] if self.request.method == "POST" else [IsSignedIn()]

    def get(self, request: Request) -> Response:
        """Return the devices in which one is signed in, the latest first."""
        rows = devices.living(_signed_in(request), at=timezone.now())
        here = request._request.session.session_key
        return pages_of(request, rows, lambda row: device_shown(row, here), view=self)

    def delete(self, request: Request) -> Response:
        """Sign out everywhere, here too."""
        devices.sign_out_everywhere(user=_signed_in(request), at=timezone.now())
        logout(request._request)
        return Response(status=204)

    def post(self, request: Request) -> Response:
        """Return the new session."""
        form = SessionForm(data=request.data)
        form.is_valid(raise_exception=True)
        user = _user_of(form.validated_data, address_of(request))
        open_session(request, user)
        return Response(session_shown(user), status=201)


class SessionView(Door):
    """One device in which one is signed in."""

    permission_classes = [IsSignedIn]

    def delete(self, request: Request, device_id: UUID) -> Response:
        """Sign out there."""
        devices.sign_out(user=_signed_in(request), device_id=device_id, at=timezone.now())
        return Response(status=204)


class CurrentSessionView(Door):
    """Who is signed in here."""

    permission_classes = [AllowAny]

    def get(self, request: Request) -> Response:
        """Return who is signed in, and set the CSRF cookie."""
        get_token(request._request)
        body = session_shown(request.user) | {"ended": request._request.session.get(ENDED)}
        return Response(body, headers={"Cache-Control": "no-store"})

    def delete(self, request: Request) -> Response:
        """Sign out."""
        devices.forget(session_key=request._request.session.session_key)
        logout(request._request)
        return Response(status=204)


def device_shown(row: SignedIn, here: str | None) -> dict[str, Any]:
    """Return a device as JSON. last_seen_on: a day, no time; browser: its family alone."""
    return {
        "object": "device",
        "id": str(row.id),
        "browser": row.browser,
        "signed_in_at": stamp(row.created_at),
        "last_seen_on": row.last_seen_on.isoformat(),
        "is_current": row.session_key == here,
    }


def _signed_in(request: Request) -> User:
    return cast("User", request.user)  # the permission saw to it


def _user_of(facts: dict[str, Any], address: str) -> User:
    handle, now = facts["handle"], timezone.now()
    if "password" in facts:
        return sign_in.by_password(
            handle=handle, password=facts["password"], address=address, at=now
        )
    proof = bytes.fromhex(facts["sign_in_proof"])
    return sign_in.by_proof(handle=handle, proof=proof, address=address, at=now)

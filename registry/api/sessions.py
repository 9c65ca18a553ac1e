"""Doors of signing in and out."""

from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.middleware.csrf import get_token
from django.utils import timezone
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import Door
from registry import sign_in
from registry.api.fields import HandleField, HexField
from registry.api.opening import address_of, open_session, session_shown


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
    """Sign in."""

    form = SessionForm
    permission_classes = [AllowAny]

    def post(self, request: Request) -> Response:
        """Return the new session."""
        form = SessionForm(data=request.data)
        form.is_valid(raise_exception=True)
        user = _user_of(form.validated_data, address_of(request))
        open_session(request, user)
        return Response(session_shown(user), status=201)


class CurrentSessionView(Door):
    """Who is signed in here."""

    permission_classes = [AllowAny]

    def get(self, request: Request) -> Response:
        """Return who is signed in, and set the CSRF cookie."""
        get_token(request._request)
        return Response(session_shown(request.user), headers={"Cache-Control": "no-store"})

    def delete(self, request: Request) -> Response:
        """Sign out."""
        logout(request._request)
        return Response(status=204)


def _user_of(facts: dict[str, Any], address: str) -> User:
    handle, now = facts["handle"], timezone.now()
    if "password" in facts:
        return sign_in.by_password(
            handle=handle, password=facts["password"], address=address, at=now
        )
    proof = bytes.fromhex(facts["sign_in_proof"])
    return sign_in.by_proof(handle=handle, proof=proof, address=address, at=now)

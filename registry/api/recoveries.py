"""Doors of recovery: a challenge for who holds the seed, and its answer with a new vault."""

import base64
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import Door, tagged
from protocol import recovery
from registry import recovering
from registry.api.drivers import vault_shown
from registry.api.fields import HandleField, HexField, stamp
from registry.api.opening import address_of, open_session
from registry.recovering import Answered


class RecoveryForm(serializers.Serializer[Any]):
    """Whose vault is to be opened with its recovery words."""

    handle = HandleField()


class AnswerForm(serializers.Serializer[Any]):
    """The proof that the seed is held, and the vault under the new passphrase."""

    handle = HandleField()
    proof = HexField(length_bytes=32)
    vault = serializers.DictField()
    sign_in_proof = HexField(length_bytes=32)


class RecoveriesView(Door):
    """Begin to come back with the recovery words."""

    form = RecoveryForm
    permission_classes = [AllowAny]

    def post(self, request: Request) -> Response:
        """Return a challenge of the same shape for every handle, known or not."""
        form = RecoveryForm(data=request.data)
        form.is_valid(raise_exception=True)
        begun = recovering.begin(
            handle=form.validated_data["handle"], address=address_of(request), at=timezone.now()
        )
        body = {
            "object": "recovery",
            "id": str(begun.id),
            "challenge": base64.b64encode(begun.sealed).decode(),
            "expires_at": stamp(begun.expires_at),
        }
        return Response(body, status=201, headers={"Cache-Control": "no-store"})


class AnswerView(Door):
    """Answer a challenge; once."""

    form = AnswerForm
    permission_classes = [AllowAny]

    def post(self, request: Request, recovery_id: Any) -> Response:
        """Return the vault that replaced the old one, on a browser that is signed in now."""
        form = AnswerForm(data=request.data)
        form.is_valid(raise_exception=True)
        facts = form.validated_data
        answered = Answered(
            handle=facts["handle"],
            proof=bytes.fromhex(facts["proof"]),
            vault=facts["vault"],
            sign_in_proof=bytes.fromhex(facts["sign_in_proof"]),
        )
        vault = recovering.finish(
            recovery_id=recovery_id,
            answered=answered,
            origin=recovery.origin_of(request.build_absolute_uri("/")),
            at=timezone.now(),
        )
        open_session(request, vault.driver.user)
        return tagged(request, vault_shown(vault))

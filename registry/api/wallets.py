"""Doors of a driver's own wallets: a message to sign, a session, the wallets that are connected."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import Door, pages_of
from registry import wallets
from registry.api.fields import AddressField
from registry.api.opening import address_of, open_session, session_shown, wallet_of
from registry.domain.ethereum_messages import MOST_CHARACTERS, SignInMessage
from registry.models import Wallet, WalletChallenge
from registry.permissions import IsDriver
from registry.selectors import driver_of


class ChallengeForm(serializers.Serializer[Any]):
    """Which wallet is to sign, and what for."""

    address = AddressField(max_length=42)
    purpose = serializers.ChoiceField(
        choices=WalletChallenge.Purpose.choices, default=WalletChallenge.Purpose.SIGN_IN
    )


class SignedForm(serializers.Serializer[Any]):
    """A message as it was signed; contract accounts may have long signatures."""

    message = serializers.CharField(max_length=MOST_CHARACTERS, trim_whitespace=False)
    signature = serializers.RegexField(r"^0x(?:[0-9a-fA-F]{2}){65,1024}$")


class ChallengesView(Door):
    """Messages for a wallet to sign."""

    form = ChallengeForm
    permission_classes = [AllowAny]

    def post(self, request: Request) -> Response:
        """Return a message with a number that is good for ten minutes and one use."""
        form = ChallengeForm(data=request.data)
        form.is_valid(raise_exception=True)
        purpose = form.validated_data["purpose"]
        is_connecting = purpose == WalletChallenge.Purpose.CONNECT
        row, message = wallets.challenge(
            purpose=purpose,
            address=form.validated_data["address"],
            driver=driver_of(request.user) if is_connecting else None,
            asked_from=address_of(request),
            at=timezone.now(),
        )
        headers = {"Cache-Control": "no-store"}
        return Response(_challenge_shown(row, message), status=201, headers=headers)


class WalletSessionsView(Door):
    """Sign in with a wallet: it opens the account, never the vault."""

    form = SignedForm
    permission_classes = [AllowAny]

    def post(self, request: Request) -> Response:
        """Return the new session."""
        form = SignedForm(data=request.data)
        form.is_valid(raise_exception=True)
        wallet = wallets.sign_in(
            **form.validated_data, asked_from=address_of(request), at=timezone.now()
        )
        user = wallet.driver.user
        open_session(request, user, wallet=wallet.address)
        return Response(session_shown(user), status=201)


class WalletsView(Door):
    """The wallets that open the driver's account."""

    form = SignedForm
    permission_classes = [IsDriver]

    def get(self, request: Request) -> Response:
        """List the driver's wallets."""
        rows = Wallet.objects.filter(driver=driver_of(request.user))
        return pages_of(request, rows, shown, view=self)

    def post(self, request: Request) -> Response:
        """Return the wallet that was connected by its signature."""
        form = SignedForm(data=request.data)
        form.is_valid(raise_exception=True)
        wallet = wallets.connect(
            driver=driver_of(request.user),
            **form.validated_data,
            asked_from=address_of(request),
            at=timezone.now(),
        )
        return Response(shown(wallet), status=201)


class WalletView(Door):
    """One wallet."""

    permission_classes = [IsDriver]

    def delete(self, request: Request, wallet_id: UUID) -> Response:
        """Remove the wallet and end all other sessions of the driver."""
        driver, opened_by = driver_of(request.user), wallet_of(request)
        wallets.remove(driver=driver, wallet_id=wallet_id, opened_by=opened_by, at=timezone.now())
        open_session(request, driver.user, wallet=opened_by)
        return Response(status=204)


def shown(wallet: Wallet) -> dict[str, Any]:
    """Return the wallet as JSON."""
    return {
        "object": "wallet",
        "id": str(wallet.id),
        "address": wallet.address,
        "is_contract": wallet.is_contract,
        "created_at": wallet.created_at,
        "last_used_at": wallet.last_used_at,
    }


def _challenge_shown(row: WalletChallenge, message: SignInMessage) -> dict[str, Any]:
    return {
        "object": "wallet_challenge",
        "id": str(row.id),
        "purpose": row.purpose,
        "nonce": row.nonce,
        "message": message.text(),
        "fields": {
            "scheme": message.scheme,
            "domain": message.domain,
            "address": message.address,
            "statement": message.statement,
            "uri": message.uri,
            "version": "1",
            "chain_id": message.chain_id,
            "issued_at": message.issued_at,
            "expiration_time": message.expiration_time,
        },
        "expires_at": message.expiration_time,
    }

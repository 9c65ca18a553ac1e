"""Doors of a driver's account: sign-up, vault, vault parameters."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import Door, require_match, tagged
from registry import enrolment
from registry import vault as vaults
from registry.api.fields import HandleField, HexField
from registry.api.opening import open_session, require_passphrase
from registry.models import Driver, Vault
from registry.permissions import IsDriver
from registry.selectors import driver_of


class DriverForm(serializers.Serializer[Any]):
    """What a new driver sends; the passphrase stays with them."""

    handle = HandleField()
    sign_in_proof = HexField(length_bytes=32)
    vault = serializers.DictField()
    public_key = HexField(length_bytes=32)
    language = serializers.CharField(max_length=12, default=settings.LANGUAGE_CODE)

    def validate_language(self, value: str) -> str:
        """Return the code as Django writes it; want one of ours."""
        if value.lower() not in dict(settings.LANGUAGES):
            raise serializers.ValidationError("This language is not there.", code="not_a_choice")
        return value.lower()


class VaultForm(serializers.Serializer[Any]):
    """A new vault and the proof of its passphrase.

    is_same_passphrase: only the lock was made stronger, so nobody is signed out.
    """

    vault = serializers.DictField()
    sign_in_proof = HexField(length_bytes=32)
    is_same_passphrase = serializers.BooleanField(default=False)


class DriversView(Door):
    """Sign-up of drivers."""

    form = DriverForm
    permission_classes = [AllowAny]

    def post(self, request: Request) -> Response:
        """Return the new driver, signed in. A repeat makes no second one: the handle is unique."""
        form = DriverForm(data=request.data)
        form.is_valid(raise_exception=True)
        facts = dict(form.validated_data)
        proof = bytes.fromhex(facts.pop("sign_in_proof"))
        driver = enrolment.enrol_driver(**facts, sign_in_proof=proof, at=timezone.now())
        open_session(request, driver.user)
        return Response(shown(driver), status=201)


class MyDriverView(Door):
    """The driver who is signed in."""

    permission_classes = [IsDriver]

    def get(self, request: Request) -> Response:
        """Return the driver."""
        return tagged(request, shown(driver_of(request.user)))


class VaultView(Door):
    """The locked seed; handed out only after the proof opened a session."""

    form = VaultForm
    permission_classes = [IsDriver]

    def get(self, request: Request) -> Response:
        """Return the vault with its ETag. A session that a wallet opened does not get it."""
        require_passphrase(request)
        return tagged(request, vault_shown(_vault_of(request)))

    def put(self, request: Request) -> Response:
        """Return the vault that replaced the one named by If-Match."""
        require_passphrase(request)
        seen = _vault_of(request)
        require_match(request, vault_shown(seen))
        form = VaultForm(data=request.data)
        form.is_valid(raise_exception=True)
        facts = form.validated_data
        vault = vaults.change(
            seen=seen,
            body=facts["vault"],
            proof=bytes.fromhex(facts["sign_in_proof"]),
            is_same_passphrase=facts["is_same_passphrase"],
            at=timezone.now(),
        )
        if not facts["is_same_passphrase"]:
            open_session(request, vault.driver.user)
        return tagged(request, vault_shown(vault))


class VaultParametersView(Door):
    """How to stretch a passphrase for a handle, whether anybody has it or not."""

    permission_classes = [AllowAny]
    parameters = ("handle",)

    def get(self, request: Request) -> Response:
        """Return the Argon2id parameters."""
        handle = request.query_params.get("handle", "")[:200]
        kdf = vaults.parameters_for(handle)
        return Response(
            {"object": "vault_parameters", "id": handle, "handle": handle, "kdf": dict(kdf)}
        )


def shown(driver: Driver) -> dict[str, Any]:
    """Return the driver as JSON."""
    return {
        "object": "driver",
        "id": str(driver.id),
        "handle": driver.handle,
        "public_key": driver.public_key,
        "language": driver.language,
        "created_at": driver.created_at,
    }


def vault_shown(vault: Vault) -> dict[str, Any]:
    """Return the vault as JSON."""
    return {
        "object": "vault",
        "id": str(vault.driver_id),
        "revision": vault.revision,
        "changed_at": vault.changed_at,
        "vault": vault.body,
    }


def _vault_of(request: Request) -> Vault:
    driver = driver_of(request.user)
    return Vault.objects.select_related("driver__user").get(driver=driver)

"""Smallest valid rows of the registry."""

import base64
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from registry import enrolment
from registry.models import Developer, Driver, Vehicle
from tests.factories import keys

PASSWORD = "a password for tests"


def proof_of(handle: str) -> bytes:
    """Return 32 bytes that stand for the Argon2id output of this driver's passphrase."""
    return handle.encode().ljust(32, b"-")[:32]


def vault_body(salt: str = "00" * 16) -> dict[str, Any]:
    return {
        "version": 1,
        "kdf": {"algorithm": "argon2id13", "ops": 3, "mem_bytes": 67_108_864, "salt": salt},
        "sealed_seed": base64.b64encode(b"\x07" * 72).decode(),
    }


def driver_body(handle: str = "driver", **changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "handle": handle,
        "sign_in_proof": proof_of(handle).hex(),
        "vault": vault_body(),
        "public_key": keys.DRIVER.public.hex(),
        "language": "en",
    }
    return body | changes


def make_driver(handle: str = "driver", pair: keys.KeyPair = keys.DRIVER) -> Driver:
    return enrolment.enrol_driver(
        handle=handle,
        sign_in_proof=proof_of(handle),
        vault=vault_body(),
        public_key=pair.public.hex(),
        language="en",
        at=timezone.now(),
    )


def make_vehicle(driver: Driver, **changes: Any) -> Vehicle:
    facts = {"brand": "Nissan", "model": "LEAF", "powertrain": "bev"} | changes
    return enrolment.add_vehicle(driver=driver, **facts)


def make_developer(handle: str = "developer", standing: str = "accredited") -> Developer:
    user = User.objects.create(username=handle)  # no password: hashing one takes long
    return Developer.objects.create(
        user=user, name="Nordlicht Batterie GmbH", country="DE", standing=standing
    )


def make_admin(handle: str = "admin") -> User:
    return User.objects.create(username=handle, is_staff=True, is_superuser=True)

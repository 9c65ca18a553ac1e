"""Check who is signing in: a driver by proof, a developer or admin by password."""

import secrets
from datetime import datetime

from django.contrib.auth import authenticate
from django.contrib.auth.models import User

from registry import limiting
from registry import vault as vaults
from registry.domain import handles, proofs
from registry.domain.proofs import KeptProof
from registry.errors import SignInRefused
from registry.models import Vault

BACKEND = "django.contrib.auth.backends.ModelBackend"

_NOBODYS_PROOF = proofs.keep(secrets.token_bytes(32))
"""Compared when there is no such driver, so that the answer takes as long."""


def by_proof(*, handle: str, proof: bytes, address: str, at: datetime) -> User:
    """Return the driver's user. Raises SignInRefused, TooManyTries."""
    name = handles.normal(handle)
    limiting.check(handle=name, address=address, at=at)
    vault = Vault.objects.filter(driver__user__username=name).select_related("driver__user").first()
    kept: KeptProof = vaults.kept_proof(vault) if vault else _NOBODYS_PROOF
    if not proofs.fits(proof, kept) or vault is None or not vault.driver.user.is_active:
        limiting.note_failure(handle=name, address=address, at=at)
        raise SignInRefused
    return vault.driver.user


def by_password(*, handle: str, password: str, address: str, at: datetime) -> User:
    """Return the developer's or admin's user. Raises SignInRefused, TooManyTries."""
    name = handles.normal(handle)
    limiting.check(handle=name, address=address, at=at)
    user = authenticate(username=name, password=password)
    if not isinstance(user, User):
        limiting.note_failure(handle=name, address=address, at=at)
        raise SignInRefused
    return user

"""Become a driver or a developer; add vehicles."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from registry import vault as vaults
from registry.domain import handles
from registry.errors import HandleInvalid, HandleTaken, PasswordTooShort
from registry.models import Developer, Driver, Vehicle

PASSWORD_LEAST_CHARACTERS: Final = 12


@transaction.atomic
def enrol_driver(
    *,
    handle: str,
    sign_in_proof: bytes,
    vault: Mapping[str, Any],
    public_key: str,
    language: str,
    at: datetime,
) -> Driver:
    """Return the new driver, with the vault that only they can open.

    public_key: X25519 in hex, to which reports and the driver's own copies are sealed.

    Raises HandleInvalid, HandleTaken, VaultInvalid.
    """
    user = _new_user(handle, password=None)
    driver = Driver.objects.create(
        user=user, public_key=public_key, language=language, created_at=at
    )
    driver.vault = vaults.keep(driver=driver, body=vault, proof=sign_in_proof, at=at)
    return driver


@transaction.atomic
def enrol_developer(
    *, handle: str, password: str, name: str, country: str, at: datetime
) -> Developer:
    """Return the new developer, not yet accredited.

    Raises HandleInvalid, HandleTaken, PasswordTooShort.
    """
    _check_password(password)
    user = _new_user(handle, password=password)
    return Developer.objects.create(user=user, name=name, country=country, created_at=at)


@transaction.atomic
def enrol_admin(*, handle: str, password: str) -> User:
    """Return the admin of that name, with that password, whether they were there or not.

    Raises HandleInvalid, PasswordTooShort, HandleTaken (somebody else has the name).
    """
    _check_password(password)
    user = User.objects.filter(username=handles.normal(handle)).first()
    if user is None:
        user = _new_user(handle, password=password)
    elif not user.is_staff:
        raise HandleTaken
    if not user.check_password(password):
        user.set_password(password)
    user.is_staff = user.is_superuser = True
    user.save()
    return user


def add_vehicle(
    *,
    driver: Driver,
    brand: str,
    model: str,
    powertrain: str,
    year: int | None = None,
    is_simulated: bool = False,
) -> Vehicle:
    """Return the new vehicle of the driver. is_simulated: its data were made, not recorded."""
    return Vehicle.objects.create(
        driver=driver,
        brand=brand,
        model=model,
        year=year,
        powertrain=powertrain,
        is_simulated=is_simulated,
    )


def _check_password(password: str) -> None:
    if len(password) < PASSWORD_LEAST_CHARACTERS:
        field = {
            "pointer": "#/password",
            "code": PasswordTooShort.code,
            "detail": f"At least {PASSWORD_LEAST_CHARACTERS} characters",
        }
        raise PasswordTooShort(least=PASSWORD_LEAST_CHARACTERS, fields=[field])


def _new_user(handle: str, *, password: str | None) -> User:
    name = handles.normal(handle)
    if not handles.is_valid(name):
        field = {"pointer": "#/handle", "code": HandleInvalid.code, "detail": HandleInvalid.detail}
        raise HandleInvalid(fields=[field])
    user = User(username=name)
    user.set_password(password)  # None: no password will ever fit
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise HandleTaken from error
    return user

"""Forget a driver or one car: tell every room, then take away what names them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from audit import trail
from common.errors import NotFound
from registry import devices, limiting, retiring, signals
from registry.models import Driver, Erasure, Vault, Vehicle, Wallet, WalletChallenge


@transaction.atomic
def ask(*, driver: Driver, at: datetime) -> Erasure:
    """Return the running erasure of everything the driver has here; asking twice is one erasure.

    What needs other systems goes on as work rows of the rooms that hear the announcement.
    """
    erasure, is_new = Erasure.objects.get_or_create(
        driver=driver, vehicle=None, defaults={"created_at": at}
    )
    if not is_new:
        return erasure
    signals.announce(driver, at)
    _pseudonymise(driver, at)
    trail.record(
        actor="driver", act="driver_erased", subject=f"erasure:{erasure.id}", facts={}, at=at
    )
    return erasure


@transaction.atomic
def ask_for_vehicle(*, vehicle: Vehicle, at: datetime) -> Erasure:
    """Return the running erasure of all that is kept of one car, which is retired with it.

    Asking twice is one erasure. The driver stays, with their other cars.
    """
    erasure, is_new = Erasure.objects.get_or_create(
        vehicle=vehicle, defaults={"created_at": at, "driver_id": vehicle.driver_id}
    )
    if not is_new:
        return erasure
    retiring.retire(vehicle=vehicle, at=at)
    signals.announce_vehicle_erased(vehicle, at)
    Vehicle.objects.filter(id=vehicle.id).update(
        brand="", model="", year=None, powertrain="", erased_at=at
    )
    trail.record(
        actor="driver", act="vehicle_erased", subject=f"erasure:{erasure.id}", facts={}, at=at
    )
    return erasure


def look_at(*, erasure_id: UUID, at: datetime) -> Erasure:
    """Return the erasure, finished once every room testifies that nothing is left.

    The id is the only name the driver has from here on: who knows it may ask.

    Raises NotFound.
    """
    erasure = Erasure.objects.filter(id=erasure_id).select_related("driver", "vehicle").first()
    if erasure is None:
        raise NotFound
    if erasure.state == Erasure.State.RUNNING:
        _finish_if_done(erasure, at)
    return erasure


def _finish_if_done(erasure: Erasure, at: datetime) -> None:
    testimony = signals.testimony_of(erasure)
    if testimony.is_done:
        erasure.state, erasure.finished_at = Erasure.State.FINISHED, at
        erasure.proof = {"version": 1, **testimony.proof}
        erasure.save(update_fields=["state", "finished_at", "proof"])


def _pseudonymise(driver: Driver, at: datetime) -> None:
    user = driver.user
    limiting.forget(handle=user.get_username())
    devices.forget_all(user=user)
    user.username = f"erased-{driver.id}"  # longer than any handle can be
    user.is_active = False
    user.last_login = None
    user.set_unusable_password()
    user.save()
    Vault.objects.filter(driver=driver).delete()
    own = Wallet.objects.filter(driver=driver)
    WalletChallenge.objects.filter(address__in=own.values("address")).delete()
    own.delete()
    Vehicle.objects.filter(driver=driver).update(
        brand="",
        model="",
        year=None,
        powertrain="",
        state=Vehicle.State.RETIRED,
        erased_at=at,
    )
    Driver.objects.filter(id=driver.id).update(public_key="", erased_at=at)

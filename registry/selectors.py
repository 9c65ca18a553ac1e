"""Read who and what."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from registry.errors import NoDeveloper, NoDriver, VehicleNotFound, VehicleRetired
from registry.models import ApiKey, Developer, Driver, Erasure, LicenceToken, Vehicle


def driver_of(user: Any) -> Driver:
    """Return the driver who is signed in. Raises NoDriver (NotAllowed)."""
    driver = getattr(user, "driver", None)
    if driver is None or driver.erased_at is not None:
        raise NoDriver
    return driver  # type: ignore[no-any-return]


def developer_of(user: Any) -> Developer:
    """Return the developer who is signed in or whose key it is. Raises NoDeveloper (NotAllowed)."""
    developer = getattr(user, "developer", None)
    if developer is None:
        raise NoDeveloper
    return developer  # type: ignore[no-any-return]


def vehicle_of(*, driver: Driver, vehicle_id: UUID) -> Vehicle:
    """Return one of the driver's vehicles. Raises VehicleNotFound."""
    vehicle = Vehicle.objects.filter(driver=driver, id=vehicle_id).first()
    if vehicle is None:
        raise VehicleNotFound
    return vehicle


def active_vehicle_of(*, driver: Driver, vehicle_id: UUID) -> Vehicle:
    """Return a vehicle that may take data. Raises VehicleNotFound, VehicleRetired."""
    vehicle = vehicle_of(driver=driver, vehicle_id=vehicle_id)
    if vehicle.state == Vehicle.State.RETIRED:
        raise VehicleRetired
    return vehicle


def consenter_of(vehicle: Vehicle, at: datetime) -> Driver:  # noqa: ARG001 - renting will ask when
    """Return who may consent for the vehicle at that time: its owner."""
    return vehicle.driver


def vehicles_of(driver: Driver) -> QuerySet[Vehicle]:
    """Return the driver's vehicles, retired ones too."""
    return Vehicle.objects.filter(driver=driver)


def erasures_of(driver: Driver) -> QuerySet[Erasure]:
    """Return what the driver asked to have erased, of one car or of everything."""
    return Erasure.objects.filter(driver=driver)


def developers() -> QuerySet[Developer]:
    """Return all developers with their users."""
    return Developer.objects.select_related("user")


def licence_of(developer: Developer) -> LicenceToken | None:
    """Return the developer's newest licence token, if one was ever given."""
    return developer.licence_tokens.order_by("-created_at").first()


def living_keys(developer: Developer) -> QuerySet[ApiKey]:
    """Return the developer's keys that are not revoked."""
    return ApiKey.objects.filter(developer=developer, revoked_at__isnull=True)

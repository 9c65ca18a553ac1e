"""Retire a vehicle: sold, returned or scrapped. Nothing of it is used from here on."""

from datetime import datetime

from django.db import transaction

from audit import trail
from registry import signals
from registry.models import Vehicle


@transaction.atomic
def retire(*, vehicle: Vehicle, at: datetime) -> Vehicle:
    """Return the vehicle, retired for good; retiring twice is retiring.

    It takes no new uploads, and those it has enter no build. Consents that rest on it alone are
    revoked by the room that keeps them. The uploads stay the driver's own until they are erased.
    """
    active = Vehicle.objects.filter(id=vehicle.id, state=Vehicle.State.ACTIVE)
    if active.update(state=Vehicle.State.RETIRED):
        signals.announce_retired(vehicle, at)
        trail.record(
            actor="driver", act="vehicle_retired", subject=f"vehicle:{vehicle.id}", facts={}, at=at
        )
    vehicle.refresh_from_db()
    return vehicle

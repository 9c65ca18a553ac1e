"""Revoke what a driver who leaves, or the last car that leaves, consented to; and testify."""

import logging
from datetime import datetime
from typing import Any

from django.db.models import Q

from consent import granting
from consent.domain import lifecycle
from consent.errors import RevocationMissing
from consent.models import Consent, Renewal
from registry.models import Driver, Erasure, Vehicle
from registry.signals import (
    Testimony,
    on_driver_erased,
    on_vehicle_retired,
    testifies_erasure,
)

logger = logging.getLogger(__name__)


@on_driver_erased
def revoke_all(*, driver: Driver, at: datetime) -> None:
    """Registry door: stop all consents with the revocations that were kept."""
    consents = Consent.objects.filter(driver=driver)
    consents.filter(state=Consent.State.DRAFT).delete()
    stands = Q(expires_at__gt=at) | Q(renewals__state=Renewal.State.SIGNED)
    for consent in consents.filter(stands, state__in=lifecycle.SAID).distinct():
        try:
            granting.revoke(consent=consent, at=at)
        except RevocationMissing:
            # Granted on the chain without us: only the driver's key can stop it there.
            logger.warning("no_kept_revocation consent=%s", consent.id)


@on_vehicle_retired
def revoke_what_rested_on(*, vehicle: Vehicle, at: datetime) -> None:
    """Registry door: with a driver's last car in use ends what its data were promised to.

    A consent is one driver's for one dataset and names no car. While another car is in use it goes
    on for that one; builds leave the retired car out.
    """
    in_use = Vehicle.objects.filter(driver_id=vehicle.driver_id, state=Vehicle.State.ACTIVE)
    if not in_use.exclude(id=vehicle.id).exists():
        revoke_all(driver=vehicle.driver, at=at)


@testifies_erasure
def testimony(erasure: Erasure) -> Testimony:
    """Return whether every revocation stands on the chain, and where; and what goes on.

    Of a car that was not the last one nothing is revoked, and what goes on is named.
    """
    consents = Consent.objects.filter(driver_id=erasure.driver_id)
    revoked = consents.filter(state=Consent.State.REVOKED)
    if erasure.vehicle_id is not None:
        revoked = revoked.filter(revoke_asked_at__gte=erasure.created_at)
    proof: dict[str, Any] = {
        "consents_revoked": [
            {"consent_id": str(consent.id), "tx_hash": consent.revoke_tx_hash}
            for consent in revoked.order_by("created_at")
        ]
    }
    if erasure.vehicle_id is not None:
        on = consents.filter(state__in=lifecycle.SAID, expires_at__gt=erasure.created_at)
        going = on.exclude(state=Consent.State.REVOKING).order_by("created_at")
        proof["consents_of_other_cars"] = [str(consent.id) for consent in going]
    is_waiting = consents.filter(state=Consent.State.REVOKING).exists()
    return Testimony(is_done=not is_waiting, proof=proof)

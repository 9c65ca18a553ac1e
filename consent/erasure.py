"""Revoke every consent of a driver who is being forgotten, and testify that it was done."""

import logging
from datetime import datetime

from django.db.models import Q

from consent import granting
from consent.domain import lifecycle
from consent.errors import RevocationMissing
from consent.models import Consent, Renewal
from registry.models import Driver
from registry.signals import Testimony, on_driver_erased, testifies_erasure

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


@testifies_erasure
def testimony(driver: Driver) -> Testimony:
    """Return whether every revocation stands on the chain, and where."""
    consents = Consent.objects.filter(driver=driver)
    revoked = consents.filter(state=Consent.State.REVOKED).order_by("created_at")
    return Testimony(
        is_done=not consents.filter(state=Consent.State.REVOKING).exists(),
        proof={
            "consents_revoked": [
                {"consent_id": str(consent.id), "tx_hash": consent.revoke_tx_hash}
                for consent in revoked
            ]
        },
    )

"""Door through which a driver takes everything along, and the registry's own part of it."""

from collections.abc import Iterator
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from rest_framework.request import Request

from common.api import Door
from registry import exporting, selectors
from registry.api import drivers, erasures, opening, sessions, vehicles, wallets
from registry.models import Driver, SignedIn, Vault
from registry.permissions import IsDriver
from registry.sections import tells
from registry.wallets import of as wallets_of


class ExportView(Door):
    """Everything about the driver who asks; files are fetched one by one beside it."""

    permission_classes = [IsDriver]

    def get(self, request: Request) -> StreamingHttpResponse:
        """Return every fact as one JSON document, written while it is read."""
        driver = selectors.driver_of(request.user)
        driver.is_known_by_wallet_alone = opening.wallet_of(request) is not None
        body = exporting.lines(driver=driver, at=timezone.now())
        headers = {
            "Content-Disposition": 'attachment; filename="export.json"',
            "Cache-Control": "no-store",
        }
        return StreamingHttpResponse(body, content_type="application/json", headers=headers)


@tells("account")
def account(driver: Driver) -> Iterator[dict[str, Any]]:
    """Tell who the driver is here, with the locked vault that only their passphrase opens.

    A wallet never gets the vault, nor its locked form.
    """
    is_withheld = driver.is_known_by_wallet_alone
    vault = None if is_withheld else Vault.objects.filter(driver=driver).first()
    shown_vault = drivers.vault_shown(vault) if vault else None
    yield {**drivers.shown(driver), "vault": shown_vault}


@tells("wallets")
def own_wallets(driver: Driver) -> Iterator[dict[str, Any]]:
    """Tell which wallets open the account."""
    return (wallets.shown(row) for row in wallets_of(driver))


@tells("devices")
def signed_in(driver: Driver) -> Iterator[dict[str, Any]]:
    """Tell where the driver is signed in, and what ended lately."""
    rows = SignedIn.objects.filter(user=driver.user).order_by("created_at", "id")
    return (
        {**sessions.device_shown(row, None), "ended_at": row.ended_at, "ended_why": row.ended_why}
        for row in rows.iterator()
    )


@tells("vehicles")
def cars(driver: Driver) -> Iterator[dict[str, Any]]:
    """Tell of every vehicle, retired and erased ones too."""
    rows = selectors.vehicles_of(driver).order_by("created_at", "id")
    return (vehicles.shown(row) for row in rows.iterator())


@tells("erasures")
def forgotten(driver: Driver) -> Iterator[dict[str, Any]]:
    """Tell what was erased, with the proofs."""
    rows = selectors.erasures_of(driver).order_by("created_at", "id")
    return (erasures.shown(row) for row in rows.iterator())

"""Page of a driver's privacy ledger: what was used, and what it cost in privacy."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anonymize import selectors
from anonymize.models import PrivacyBudget
from portal import gates, nav
from portal.nav import Figure, NavItem, Panel, Role
from portal.templatetags.drawn import rho
from registry.selectors import driver_of

nav.add(NavItem(_("Privacy ledger"), "ledger", frozenset({Role.DRIVER}), 25, "ledger"))


@nav.panel(Role.DRIVER, order=8)
def used(request: HttpRequest) -> Panel:
    """Tell how much privacy was used in all."""
    rows = selectors.privacy_ledger(driver_of(request.user))
    total = next((row for row in rows if row["window"] == PrivacyBudget.LIFETIME), None)
    value = rho(total["used_rho_micro"]) if total else rho(0)
    return Panel(figures=[Figure(gettext("privacy used (rho)"), value, reverse("ledger"))])


@gates.open_to(Role.DRIVER)
def ledger(request: HttpRequest) -> HttpResponse:
    """Show the ledger window by window, the sum of a lifetime first."""
    rows = [_named(row) for row in selectors.privacy_ledger(driver_of(request.user))]
    lifetime = next((row for row in rows if row["window"] == PrivacyBudget.LIFETIME), None)
    windows = [row for row in rows if row["window"] != PrivacyBudget.LIFETIME]
    context = {"lifetime": lifetime, "windows": windows, "now": timezone.now()}
    return render(request, "anonymize/ledger.html", context)


def _named(row: dict[str, Any]) -> dict[str, Any]:
    is_full = row["used_rho_micro"] >= row["cap_rho_micro"]
    return {**row, "is_full": is_full}

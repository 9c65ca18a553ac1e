"""Page of earnings: what is owed, release by release, and how to take it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from payouts import claiming, selectors
from payouts.models import Claim
from portal import gates, nav
from portal.context import TOKEN
from portal.nav import Figure, NavItem, Panel, Role, Task
from portal.templatetags.drawn import money
from registry import wallets
from registry.models import Driver
from registry.selectors import driver_of

STATES = {
    "queued": (_("on its way"), "wait"),
    "confirmed": (_("paid"), "good"),
    "failed": (_("failed"), "bad"),
}

nav.add(NavItem(_("Earnings"), "earnings", frozenset({Role.DRIVER}), 30, "earnings"))


@nav.panel(Role.DRIVER, order=5)
def earned(request: HttpRequest) -> Panel:
    """Tell what was earned, and ask to claim what is owed."""
    sums = selectors.sums_of(driver_of(request.user))
    amount = f"{money(sums.earned_units)} {TOKEN['symbol']}"
    figure = Figure(gettext("earned"), amount, reverse("earnings"))
    if not sums.claimable_units:
        return Panel(figures=[figure])
    text = gettext("%(amount)s %(symbol)s can be claimed") % {
        "amount": money(sums.claimable_units),
        "symbol": TOKEN["symbol"],
    }
    return Panel(tasks=[Task(text, gettext("Claim"), reverse("earnings"))], figures=[figure])


@gates.open_to(Role.DRIVER)
def earnings(request: HttpRequest) -> HttpResponse:
    """Show the sum, and each release down to the unit."""
    driver = driver_of(request.user)
    rows = list(selectors.payouts_of(driver).order_by("-created_at"))
    claims = list(selectors.claims_of(driver).order_by("-created_at"))
    busy = {name for claim in claims if claim.state == Claim.State.QUEUED for name in claim.sales}
    due = [row for row in rows if row.earned_units > row.claimed_units]
    context = {
        "sums": selectors.sums_of(driver),
        "rows": [_line(row) for row in rows],
        "claims": [_claim(claim) for claim in claims],
        **_to_claim(driver, [row for row in due if str(row.pool.release_id) not in busy]),
    }
    return render(request, "payouts/earnings.html", context)


def _line(row: Any) -> dict[str, Any]:
    return {
        "title": row.pool.title,
        "sales": row.pool.sales,
        "weight": row.weight,
        "total": row.pool.total_weight,
        "earned": row.earned_units,
        "claimed": row.claimed_units,
        "claimable": row.earned_units - row.claimed_units,
    }


def _claim(claim: Claim) -> dict[str, Any]:
    word, kind = STATES[claim.state]
    return {"claim": claim, "word": word, "kind": kind}


def _to_claim(driver: Driver, due: Sequence[Any]) -> dict[str, Any]:
    """Return what keys of the vault can claim, what each wallet can, and the sum of the former."""
    contracts = {wallet.address: wallet.is_contract for wallet in wallets.of(driver)}
    bundles = _bundles(due)
    by_vault = [one for one in bundles if one["consent_address"] not in contracts]
    by_wallet = [
        {**one, "is_contract": contracts[one["consent_address"]]}
        for one in bundles
        if one["consent_address"] in contracts
    ]
    amount = sum(one["amount_units"] for one in by_vault)
    return {"to_claim": by_vault, "vault_units": amount, "to_claim_by_wallet": by_wallet}


def _bundles(due: Iterable[Any]) -> list[dict[str, Any]]:
    """Return one bundle of releases per consent key, as many as one claim takes."""
    bundles: dict[str, dict[str, Any]] = {}
    for row in due:
        bundle = bundles.setdefault(
            row.consent_address,
            {
                "consent_address": row.consent_address,
                "dataset_id": str(row.pool.dataset_id),
                "release_ids": [],
                "amount_units": 0,
            },
        )
        if len(bundle["release_ids"]) < claiming.MOST_RELEASES:
            bundle["release_ids"].append(str(row.pool.release_id))
            bundle["amount_units"] += row.earned_units - row.claimed_units
    return list(bundles.values())

"""Charge a release to the budgets of its cohort, before any noise is drawn."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from anonymize.models import BudgetCharge, Contribution, PrivacyBudget, Release
from chain.domain.calls import Block


def with_budget_left(
    *, drivers: Collection[UUID], windows: Iterable[str], rho_micro: int
) -> set[UUID]:
    """Return the drivers whose every budget can bear the loss; a rule that looks at no data."""
    spent_out = PrivacyBudget.objects.filter(
        driver_id__in=drivers,
        window__in=[*windows, PrivacyBudget.LIFETIME],
        spent_rho_micro__gt=F("cap_rho_micro") - rho_micro,
    )
    return set(drivers) - set(spent_out.values_list("driver_id", flat=True))


def charge(
    *, release: Release, addresses: Mapping[UUID, str], windows: list[str], block: Block
) -> int:
    """Debit every driver who can bear it, fix the cohort, and return its size.

    addresses: consent address by driver. The debit, the cohort and the state change commit
    together; a crash afterwards costs budget and never privacy. Drivers at their cap are left
    out here, before anything is read.
    """
    with transaction.atomic(durable=True):
        waiting = Release.objects.select_for_update().filter(
            id=release.id, state=Release.State.PLANNED
        )
        if not waiting.exists():
            return release.contributions.count()
        _open_budgets(drivers=addresses, windows=windows)
        able = _lock_and_debit(release, set(addresses), windows)
        Contribution.objects.bulk_create(
            Contribution(release=release, driver_id=driver, consent_address=addresses[driver])
            for driver in able
        )
        waiting.update(
            state=Release.State.CHARGED,
            consent_block=block.number,
            consent_block_hash=block.hash,
        )
    return len(able)


def _open_budgets(*, drivers: Iterable[UUID], windows: list[str]) -> None:
    caps = dict.fromkeys(windows, settings.PRIVACY_WINDOW_CAP_RHO_MICRO)
    caps[PrivacyBudget.LIFETIME] = settings.PRIVACY_LIFETIME_CAP_RHO_MICRO
    PrivacyBudget.objects.bulk_create(
        (
            PrivacyBudget(driver_id=driver, window=window, cap_rho_micro=cap)
            for driver in sorted(
                drivers
            )  # one order for all, or two builds could wait on each other
            for window, cap in caps.items()
        ),
        ignore_conflicts=True,
    )


def _lock_and_debit(release: Release, drivers: set[UUID], windows: list[str]) -> list[UUID]:
    rows = PrivacyBudget.objects.filter(
        driver_id__in=drivers, window__in=[*windows, PrivacyBudget.LIFETIME]
    )
    list(rows.select_for_update().order_by("id").values_list("id"))  # one fixed order of locks
    able = with_budget_left(drivers=drivers, windows=windows, rho_micro=release.rho_micro)
    chosen = rows.filter(driver_id__in=able)
    chosen.update(spent_rho_micro=F("spent_rho_micro") + release.rho_micro)
    BudgetCharge.objects.bulk_create(
        BudgetCharge(budget_id=budget, release=release, rho_micro=release.rho_micro)
        for budget in chosen.values_list("id", flat=True)
    )
    return sorted(able)

"""Read datasets, releases and ledgers."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from anonymize.domain import accounting
from anonymize.errors import NoSuchDataset, NoSuchRelease
from anonymize.models import Contribution, Dataset, PrivacyBudget, Release
from registry.models import Driver

DELTA = 1e-6
"""The delta at which a loss in rho is told as an epsilon."""


def dataset(dataset_id: UUID) -> Dataset:
    """Return the dataset. Raises NoSuchDataset."""
    found = Dataset.objects.filter(id=dataset_id).first()
    if found is None:
        raise NoSuchDataset
    return found


def dataset_budget_left(dataset: Dataset) -> int:
    """Return what the dataset's cap still bears, millionths of rho; a lost draw counts as spent."""
    charged = dataset.releases.exclude(state__in=[Release.State.PLANNED, Release.State.FAILED])
    spent = charged.aggregate(sum=Sum("rho_micro"))["sum"] or 0
    return dataset.rho_cap_micro - int(spent)


def published_releases() -> QuerySet[Release]:
    """Return every release that stands on the chain."""
    return Release.objects.filter(state=Release.State.PUBLISHED).select_related("dataset", "sealed")


def published_release(release_id: UUID) -> Release:
    """Return one release that stands on the chain. Raises NoSuchRelease."""
    found = published_releases().filter(id=release_id).first()
    if found is None:
        raise NoSuchRelease
    return found


def privacy_facts(rho_micro: int) -> dict[str, Any]:
    """Return what a loss means, as the API tells it."""
    return {
        "rho_micro": rho_micro,
        "epsilon": accounting.epsilon_text(rho_micro, DELTA),
        "delta": "1e-6",
        "guess_in_100": accounting.guess_in_100(rho_micro),
    }


def privacy_ledger(driver: Driver) -> list[dict[str, Any]]:
    """Return the driver's ledger, newest window first, each with its charges."""
    budgets = PrivacyBudget.objects.filter(driver=driver).order_by("-window")
    charges = list(_charges(driver).select_related("release__dataset").defer("release__manifest"))
    return [_ledger_row(budget, charges) for budget in budgets]


def contributions_of(driver: Driver) -> QuerySet[Contribution]:
    """Return the releases that hold numbers of the driver's, oldest first."""
    mine = Contribution.objects.filter(driver=driver).select_related("release__dataset")
    return mine.defer("release__manifest").order_by("created_at", "id")


def _charges(driver: Driver) -> QuerySet[Contribution]:
    """Return what the driver's budgets were debited for, oldest first."""
    mine = Contribution.objects.filter(driver=driver, release__charged_at__isnull=False)
    return mine.order_by("release__charged_at")


def _ledger_row(budget: PrivacyBudget, charges: list[Contribution]) -> dict[str, Any]:
    return {
        "window": budget.window,
        "used_rho_micro": budget.spent_rho_micro,
        "cap_rho_micro": budget.cap_rho_micro,
        "guess_in_100": accounting.guess_in_100(budget.spent_rho_micro),
        "charges": [
            {
                "release_id": str(charge.release_id),
                "release_title": charge.release.dataset.title,
                "rho_micro": charge.release.rho_micro,
                "at": charge.release.charged_at,
            }
            for charge in charges
            if budget.window in {*charge.release.dataset.spec["windows"], PrivacyBudget.LIFETIME}
        ],
    }

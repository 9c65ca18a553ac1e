"""Charge a release to the budgets of its cohort, before any noise is drawn."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from anonymize import asked
from anonymize.models import PrivacyBudget, Release
from chain.domain.calls import Block
from work.errors import LeaseLost


@dataclass(frozen=True)
class Proposal:
    """A cohort that is written down and not charged yet. mark: which writing of it this is."""

    release: Release
    mark: str
    windows: tuple[str, ...]
    block: Block
    needed: int
    budgets: int


def charge(
    *,
    release: Release,
    addresses: Mapping[UUID, str],
    windows: list[str],
    block: Block,
    needed: int = 1,
) -> int:
    """Debit every driver who can bear it, fix the cohort, and return its size.

    addresses: consent address by driver. Drivers at their cap are left out here, before anything
    is read. Returns 0, and leaves everybody's budget alone, when fewer than `needed` are left.
    """
    proposal = propose(
        release=release, addresses=addresses, windows=windows, block=block, needed=needed
    )
    if proposal is not None:
        return debit(proposal)
    release.refresh_from_db()
    return release.contributions.count() if release.charged_at else 0


def propose(
    *,
    release: Release,
    addresses: Mapping[UUID, str],
    windows: list[str],
    block: Block,
    needed: int,
) -> Proposal | None:
    """Open the budgets, write down who shall be charged, and return that; None when not planned.

    The slow part, done before the debit so that the debit itself is short. Nothing is spent by it,
    and a later writing of the same cohort replaces it.
    """
    names = tuple(sorted({*windows, PrivacyBudget.LIFETIME}))  # one order for all builds
    mark = secrets.token_hex(16)
    with asked.roomy(copies_log=True), transaction.atomic(durable=True):
        waiting = Release.objects.select_for_update().filter(
            id=release.id, state=Release.State.PLANNED
        )
        if not waiting.exists():
            return None
        waiting.update(cohort_mark=mark)
        release.contributions.all().delete()
        asked.write_cohort(release_id=release.id, addresses=addresses)
        caps = {name: _cap_of(name) for name in names}
        asked.open_budgets(release_id=release.id, caps=caps)
        _leave_out_spent(release, names)
        budgets = asked.note(release_id=release.id, windows=names)
    return Proposal(release, mark, names, block, needed, budgets)


def debit(proposal: Proposal) -> int:
    """Debit a proposed cohort in one transaction and return its size; 0 when it is too small.

    Either every budget of everybody in the cohort is debited and the release is charged, or
    nothing is. The database itself refuses a budget above its cap. When somebody reached the cap
    since the cohort was written down, it is done again with the ledger locked first.

    Raises LeaseLost when another builder took the release over.
    """
    with asked.roomy(copies_log=False):
        if proposal.budgets == 0:
            return 0
        if not _debited(proposal, is_careful=False) and not _debited(proposal, is_careful=True):
            raise RuntimeError("a budget changed while the ledger was locked")
    proposal.release.refresh_from_db()
    return proposal.release.contributions.count() if proposal.release.charged_at else 0


def _debited(proposal: Proposal, *, is_careful: bool) -> bool:
    """Try to debit; return False, with nothing changed, when somebody cannot bear it."""
    release, budgets = proposal.release, proposal.budgets
    with transaction.atomic(durable=True):
        if not _mark_charged(proposal):
            raise LeaseLost  # another builder charged it, or wrote another cohort down and will
        asked.lock_ledger()
        if is_careful:
            _leave_out_spent(release, proposal.windows)
            budgets = asked.note(release_id=release.id, windows=proposal.windows)
        is_whole = asked.debit(release.rho_micro) == budgets
        is_enough = budgets >= proposal.needed * len(proposal.windows)
        if not (is_whole and is_enough):
            transaction.set_rollback(True)
    return is_whole


def _mark_charged(proposal: Proposal) -> bool:
    planned = Release.objects.filter(
        id=proposal.release.id, state=Release.State.PLANNED, cohort_mark=proposal.mark
    )
    changed = planned.update(
        state=Release.State.CHARGED,
        charged_at=timezone.now(),
        consent_block=proposal.block.number,
        consent_block_hash=proposal.block.hash,
    )
    return changed == 1


def _leave_out_spent(release: Release, windows: tuple[str, ...]) -> None:
    """Leave out who cannot bear the loss everywhere; a rule that looks at no data."""
    spent_out = PrivacyBudget.objects.filter(
        driver_id=OuterRef("driver_id"),
        window__in=windows,
        spent_rho_micro__gt=F("cap_rho_micro") - release.rho_micro,
    )
    release.contributions.filter(Exists(spent_out)).delete()


def _cap_of(window: str) -> int:
    is_lifetime = window == PrivacyBudget.LIFETIME
    cap: int = (
        settings.PRIVACY_LIFETIME_CAP_RHO_MICRO
        if is_lifetime
        else settings.PRIVACY_WINDOW_CAP_RHO_MICRO
    )
    return cap

"""Claim a due row with a lease, so that one worker at a time holds it."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from work.errors import LeaseLost
from work.models import WorkRow


@dataclass(frozen=True)
class Lease:
    """The right to finish one row; lost when it runs out and somebody else claims the row."""

    row_id: str
    reference: str
    owner: str
    attempts: int
    length: timedelta

    def finish(self) -> None:
        """Mark the row done. Call it inside the transaction that writes the fact.

        Raises LeaseLost when another worker owns the row by now.
        """
        self._change(state=WorkRow.State.DONE, owner="", leased_until=None, last_error="")

    def renew(self) -> None:
        """Make the lease as long as it was at the start. Raises LeaseLost as `finish` does."""
        self._change(leased_until=timezone.now() + self.length)

    def _change(self, **values: object) -> None:
        mine = WorkRow.objects.filter(id=self.row_id, state=WorkRow.State.OPEN, owner=self.owner)
        if mine.update(**values) != 1:
            raise LeaseLost


def claim(*, task: str, reference: str, length: timedelta, at: datetime) -> Lease | None:
    """Return a lease on the row, or None when it is done, not due, or held by somebody else."""
    owner = secrets.token_hex(16)  # a fresh name per claim: process ids repeat
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=at)
    with transaction.atomic():
        changed = (
            WorkRow.objects.filter(free, key=f"{task}:{reference}", state=WorkRow.State.OPEN)
            .filter(due_at__lte=at)
            .update(owner=owner, leased_until=at + length, attempts=F("attempts") + 1)
        )
        if not changed:
            return None
        row = WorkRow.objects.get(key=f"{task}:{reference}")
    return Lease(str(row.id), reference, owner, row.attempts, length)

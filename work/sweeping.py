"""Find rows that are due and wake their workers."""

from datetime import datetime, timedelta

from django.db.models import Q

from work import waking
from work.models import Heartbeat, WorkRow

MOST_AT_ONCE = 500

QUIET = timedelta(seconds=3)
"""A row younger than this was announced on commit; waking it again would be noise."""


def sweep(*, at: datetime) -> int:
    """Wake every due row that nobody holds, and return how many."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=at)
    due = WorkRow.objects.filter(free, state=WorkRow.State.OPEN, due_at__lte=at - QUIET)
    rows = list(due.order_by("due_at")[:MOST_AT_ONCE])
    for row in rows:
        waking.wake(row)
    return len(rows)


def beat(*, queue: str, at: datetime) -> None:
    """Record that the queue finished a wake-up just now."""
    Heartbeat.objects.update_or_create(queue=queue, defaults={"beat_at": at})

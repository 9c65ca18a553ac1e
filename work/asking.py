"""Ask for work inside the transaction of the fact that needs it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from work import waking
from work.models import WorkRow


def ask(
    *, task: str, reference: str, queue: str = "default", due_at: datetime | None = None
) -> WorkRow:
    """Return the row that makes `task(reference)` happen; asking twice gives the same row.

    The wake-up after commit is a hint and may be lost; the sweep finds the row.
    """
    row, is_new = WorkRow.objects.get_or_create(
        key=f"{task}:{reference}",
        defaults={
            "task": task,
            "reference": reference,
            "queue": queue,
            "due_at": due_at or timezone.now(),
        },
    )
    if is_new and due_at is None:
        transaction.on_commit(lambda: waking.wake(row), robust=True)
    return row


def ask_anew(*, task: str, reference: str, queue: str = "default") -> WorkRow:
    """Return the row as `ask` does; one from an earlier life of the same thing begins anew.

    Such as one that got stuck, or is put off for long, because what it needs was not there yet.
    """
    row = ask(task=task, reference=reference, queue=queue)
    earlier = WorkRow.objects.filter(id=row.id).exclude(state=WorkRow.State.OPEN, attempts=0)
    is_earlier = earlier.update(
        state=WorkRow.State.OPEN,
        due_at=timezone.now(),
        attempts=0,
        owner="",
        leased_until=None,
        last_error="",
    )
    if is_earlier:
        transaction.on_commit(lambda: waking.wake(row), robust=True)
    return row

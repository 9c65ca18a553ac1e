"""Do one row's work: claim, act, and put it off when it fails."""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from common.errors import Conflict, Unavailable
from work import waking
from work.claiming import Lease, claim
from work.errors import LeaseLost
from work.keeping import kept
from work.models import WorkRow

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 30
"""After so many tries a row is stuck and shown to the admin; it is never dropped.

Not so while another system is away: that row is tried again every five minutes, for ever.
"""

LEASE = timedelta(seconds=15)
"""How long a killed worker is waited for; a living one renews its lease."""

LONGEST_PAUSE = timedelta(minutes=5)

PATIENCE = timedelta(seconds=30)
"""How often a row that waits for people looks again; such looks count as no attempts."""

SHORT_PAUSE = timedelta(seconds=5)
"""After so short a pause a worker is woken for the row; after a longer one the sweep finds it."""


def do(
    *,
    task: str,
    reference: str,
    act: Callable[[Lease], None],
    lease_for: timedelta = LEASE,
) -> None:
    """Run `act` under a lease; it finishes the row itself, with the fact.

    A failure is written to the row and the row becomes due again later. An error that is not
    of our families is raised on, so that it is seen, after the row was put off.
    """
    lease = claim(task=task, reference=reference, length=lease_for, at=timezone.now())
    if lease is None:
        return
    try:
        with kept(lease):
            act(lease)
    except LeaseLost:
        logger.info("lease_lost task=%s", task)
    except (Unavailable, Conflict) as error:
        if error.is_patient:
            _let_wait(lease, error.code)
        else:
            _put_off(lease, error.code, is_away=error.is_away)
    except Exception as error:
        _put_off(lease, type(error).__name__)  # the class alone: messages can hold plaintext
        raise


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many tries: 0.5 s, doubled each time, 5 minutes at most."""
    return min(timedelta(seconds=0.5 * 2 ** min(attempts, 12)), LONGEST_PAUSE)


def _put_off(lease: Lease, error: str, *, is_away: bool = False) -> None:
    is_stuck = lease.attempts >= MAX_ATTEMPTS and not is_away
    pause = pause_after(lease.attempts)
    mine = WorkRow.objects.filter(id=lease.row_id, owner=lease.owner)
    changed = mine.update(
        state=WorkRow.State.STUCK if is_stuck else WorkRow.State.OPEN,
        due_at=timezone.now() + pause,
        owner="",
        leased_until=None,
        last_error=error[:200],
    )
    if changed and not is_stuck and pause <= SHORT_PAUSE:
        waking.wake(WorkRow.objects.get(id=lease.row_id), after_s=pause.total_seconds())
    logger.warning("put_off row=%s attempts=%s error=%s", lease.row_id, lease.attempts, error)


def _let_wait(lease: Lease, error: str) -> None:
    mine = WorkRow.objects.filter(id=lease.row_id, owner=lease.owner)
    mine.update(
        attempts=lease.attempts - 1,
        due_at=timezone.now() + PATIENCE,
        owner="",
        leased_until=None,
        last_error=error[:200],
    )
    logger.info("waits row=%s reason=%s", lease.row_id, error)

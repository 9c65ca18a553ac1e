"""Work that must happen, happens; a row is finished once, by whoever holds its lease."""

import threading
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from common.errors import Unavailable
from work import asking, doing, sweeping
from work.claiming import Lease, claim
from work.errors import LeaseLost
from work.models import WorkRow

pytestmark = pytest.mark.django_db

TASK = "storage.tasks.pin_object"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def row(woken):
    return asking.ask(task=TASK, reference="one")


def test_asking_twice_gives_one_row_and_one_wake_up(woken, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = asking.ask(task=TASK, reference="one")
        again = asking.ask(task=TASK, reference="one")
    assert first.id == again.id
    assert woken == [(TASK, "one", "default")]


def test_the_act_finishes_the_row_with_its_fact(row):
    doing.do(task=TASK, reference="one", act=lambda lease: lease.finish())
    row.refresh_from_db()
    assert row.state == WorkRow.State.DONE
    assert row.attempts == 1


def test_done_work_is_not_done_again(row):
    acts: list[str] = []

    def act(lease: Lease) -> None:
        acts.append(lease.reference)
        lease.finish()

    for _ in range(2):
        doing.do(task=TASK, reference="one", act=act)
    assert acts == ["one"]


def test_a_held_row_is_left_alone_until_its_lease_runs_out(row):
    now = timezone.now()
    assert claim(task=TASK, reference="one", length=MINUTE, at=now)
    assert claim(task=TASK, reference="one", length=MINUTE, at=now) is None
    assert claim(task=TASK, reference="one", length=MINUTE, at=now + 2 * MINUTE)


def test_a_worker_that_lost_its_lease_records_nothing(row):
    now = timezone.now()
    slow = claim(task=TASK, reference="one", length=MINUTE, at=now)
    quick = claim(task=TASK, reference="one", length=MINUTE, at=now + 2 * MINUTE)
    assert slow is not None
    assert quick is not None
    with pytest.raises(LeaseLost), transaction.atomic():
        slow.finish()
    quick.finish()
    row.refresh_from_db()
    assert row.state == WorkRow.State.DONE


def test_a_failure_of_another_system_puts_the_row_off_and_looks_again_soon(row, woken):
    woken.clear()

    def act(_lease: Lease) -> None:
        raise Unavailable

    doing.do(task=TASK, reference="one", act=act)
    row.refresh_from_db()
    assert (row.state, row.last_error, row.owner) == (WorkRow.State.OPEN, "unavailable", "")
    assert row.due_at > timezone.now()
    assert woken == [(TASK, "one", "default")]


def test_an_unknown_error_is_seen_and_leaves_no_text_behind(row):
    def act(_lease: Lease) -> None:
        raise RuntimeError("a value from somebody's file")

    with pytest.raises(RuntimeError):
        doing.do(task=TASK, reference="one", act=act)
    row.refresh_from_db()
    assert row.last_error == "RuntimeError"


def test_a_row_that_never_succeeds_is_stuck_and_kept(row):
    WorkRow.objects.filter(id=row.id).update(attempts=doing.MAX_ATTEMPTS - 1)

    def act(_lease: Lease) -> None:
        raise Unavailable

    doing.do(task=TASK, reference="one", act=act)
    row.refresh_from_db()
    assert row.state == WorkRow.State.STUCK


def test_a_row_is_not_stuck_for_a_system_that_is_away(row):
    class Away(Unavailable):
        is_away = True

    WorkRow.objects.filter(id=row.id).update(attempts=10 * doing.MAX_ATTEMPTS)

    def act(_lease: Lease) -> None:
        raise Away

    doing.do(task=TASK, reference="one", act=act)
    row.refresh_from_db()
    assert row.state == WorkRow.State.OPEN
    assert row.due_at <= timezone.now() + doing.LONGEST_PAUSE


@pytest.mark.parametrize("state", ["stuck", "done", "open"])
def test_a_row_of_an_earlier_life_begins_anew(
    row, woken, state, django_capture_on_commit_callbacks
):
    later = timezone.now() + MINUTE
    WorkRow.objects.update(state=state, attempts=7, due_at=later, last_error="spool_missing")
    woken.clear()
    with django_capture_on_commit_callbacks(execute=True):
        again = asking.ask_anew(task=TASK, reference="one")
    assert again.id == row.id
    row.refresh_from_db()
    assert (row.state, row.attempts, row.last_error) == ("open", 0, "")
    assert row.due_at < later
    assert woken == [(TASK, "one", "default")]


def test_asking_anew_for_what_was_never_asked_for_is_asking(
    woken, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        asking.ask_anew(task=TASK, reference="one")
    assert woken == [(TASK, "one", "default")]


def test_the_sweep_wakes_what_a_lost_wake_up_left_behind(row, woken):
    woken.clear()
    assert sweeping.sweep(at=timezone.now()) == 0
    assert sweeping.sweep(at=timezone.now() + MINUTE) == 1
    assert woken == [(TASK, "one", "default")]


def test_the_pause_grows_and_has_an_end():
    pauses = [doing.pause_after(attempts) for attempts in range(40)]
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(seconds=0.5)
    assert pauses[-1] == doing.LONGEST_PAUSE


@pytest.mark.django_db(transaction=True)
def test_a_lease_is_kept_while_its_worker_lives(row, monkeypatch):
    renewed = threading.Event()
    monkeypatch.setattr(Lease, "renew", lambda _lease: renewed.set())

    def act(lease: Lease) -> None:
        assert renewed.wait(5)
        lease.finish()

    doing.do(task=TASK, reference="one", act=act, lease_for=timedelta(seconds=0.03))
    row.refresh_from_db()
    assert row.state == WorkRow.State.DONE

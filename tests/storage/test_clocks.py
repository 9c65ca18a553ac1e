"""The server's clock is set forward or back while an upload comes: late at worst, never twice."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from registry.models import Driver, Vehicle
from storage import keeping, pinning, tasks
from storage.models import SealedObject, Upload
from tests.factories.storage import SealedFile, cid_of, seal_file, spooled
from tests.fakes.ipfs import FakeNode
from tests.storage.test_upload_doors import announce, send
from work import doing
from work.claiming import claim
from work.models import WorkRow

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


class Clock:
    """The server's clock, which a test may set."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now, self.off = now, timedelta()

    def __call__(self) -> datetime:
        return self._now() + self.off


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(timezone.now)
    monkeypatch.setattr(timezone, "now", clock)
    return clock


@pytest.fixture
def file(driver: Driver, vehicle: Vehicle) -> SealedFile:
    return seal_file(driver, vehicle, b"lat,lon\n" * 40)


@pytest.mark.parametrize("step", [HOUR, -HOUR])
def test_a_step_between_two_parts_changes_nothing(
    as_driver: APIClient,
    file: SealedFile,
    clock: Clock,
    step: timedelta,
    ipfs_node: FakeNode,
    work_through: Callable,
) -> None:
    announce(as_driver, file)
    send(as_driver, file, file.ciphertext[:100], 0)
    clock.off = step
    assert send(as_driver, file, file.ciphertext[100:], 100).status_code == 204
    work_through()
    assert Upload.objects.get().state == "pinned"
    assert announce(as_driver, file).status_code == 200


def test_a_step_back_before_the_pin_costs_no_more_than_the_step(
    as_driver: APIClient,
    file: SealedFile,
    clock: Clock,
    ipfs_node: FakeNode,
    work_through: Callable,
) -> None:
    announce(as_driver, file)
    send(as_driver, file, file.ciphertext, 0)
    clock.off = -HOUR
    work_through()
    assert (Upload.objects.get().state, spooled(file.id)) == ("received", file.ciphertext)
    clock.off = timedelta()
    work_through()
    assert Upload.objects.get().state == "pinned"
    assert ipfs_node.pins == {cid_of(Upload.objects.get())}


def test_a_step_forward_in_the_middle_of_a_pin_records_it_once(
    as_driver: APIClient,
    file: SealedFile,
    clock: Clock,
    ipfs_node: FakeNode,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The lease is over by the new clock, and another worker takes the row."""
    announce(as_driver, file)
    send(as_driver, file, file.ciphertext, 0)
    stored = pinning._store
    pinned: list[UUID] = []

    def interrupted(sealed: SealedObject) -> None:
        stored(sealed)
        if not pinned:
            pinned.append(sealed.id)
            clock.off = HOUR
            tasks.pin_object(str(sealed.id))  # the other worker, from begin to end
            assert Upload.objects.get().state == "pinned"

    monkeypatch.setattr(pinning, "_store", interrupted)
    tasks.pin_object(str(file.id))
    row = WorkRow.objects.get()
    assert (row.state, row.attempts) == ("done", 2)
    assert Upload.objects.get().state == "pinned"
    assert SealedObject.objects.count() == 1
    assert spooled(file.id) is None


def test_a_lease_is_nobody_elses_while_the_clock_is_behind(
    as_driver: APIClient, file: SealedFile, clock: Clock
) -> None:
    announce(as_driver, file)
    send(as_driver, file, file.ciphertext, 0)
    held = claim(task=tasks.PIN, reference=str(file.id), length=doing.LEASE, at=timezone.now())
    assert held is not None
    clock.off = -HOUR
    again = claim(task=tasks.PIN, reference=str(file.id), length=doing.LEASE, at=timezone.now())
    assert again is None
    clock.off = doing.LEASE
    assert claim(task=tasks.PIN, reference=str(file.id), length=doing.LEASE, at=timezone.now())


def test_an_erasure_before_the_upload_by_the_clock_is_an_erasure(
    as_driver: APIClient,
    file: SealedFile,
    clock: Clock,
    ipfs_node: FakeNode,
    work_through: Callable,
) -> None:
    announce(as_driver, file)
    send(as_driver, file, file.ciphertext, 0)
    work_through()
    clock.off = -HOUR
    keeping.shred(Upload.objects.get(), at=timezone.now())
    clock.off = timedelta()
    work_through()
    assert Upload.objects.get().state == "erased"
    assert ipfs_node.pins == set()

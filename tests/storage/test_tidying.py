"""What a crash leaves on our disk goes away by itself; what is on its way stays."""

import os
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from registry.models import Driver, Vehicle
from storage import spool, tasks, tidying
from storage.models import Upload
from tests.factories.storage import SealedFile, seal_file, spooled
from tests.fakes.ipfs import FakeNode
from tests.storage.test_upload_doors import announce, send
from work import doing
from work.models import WorkRow

pytestmark = pytest.mark.django_db


@pytest.fixture
def received(
    as_driver: APIClient, driver: Driver, vehicle: Vehicle, ipfs_node: FakeNode
) -> SealedFile:
    file = seal_file(driver, vehicle, b"lat,lon\n" * 40)
    announce(as_driver, file)
    send(as_driver, file, file.ciphertext, 0)
    return file


def _age(path: Path, seconds: float) -> None:
    os.utime(path, (time.time() - seconds,) * 2)


def test_what_was_pinned_before_the_crash_is_dropped_by_the_next_audit(
    received: SealedFile, work_through: Callable
) -> None:
    work_through()
    spool.place(received.id, received.ciphertext)
    tasks.ask_for_pin_audit()
    work_through()
    assert spooled(received.id) is None


def test_what_waits_for_its_pin_is_left_alone_however_old(
    received: SealedFile, settings: Any
) -> None:
    _age(spool.path_of(received.id), 10 * tidying.ABANDONED.total_seconds())
    assert tidying.tidy() == 0
    assert spooled(received.id) == received.ciphertext


def test_what_was_erased_while_it_came_is_dropped(
    as_driver: APIClient, driver: Driver, vehicle: Vehicle, received: SealedFile
) -> None:
    file = seal_file(driver, vehicle, b"lat,lon\n" * 40)
    announce(as_driver, file)
    send(as_driver, file, file.ciphertext[:100], 0)
    Upload.objects.filter(id=file.id).update(state=Upload.State.ERASED)
    assert tidying.tidy() == 1
    assert spooled(file.id) is None


def test_an_upload_given_up_makes_room_and_may_begin_anew(
    as_driver: APIClient, driver: Driver, vehicle: Vehicle
) -> None:
    file = seal_file(driver, vehicle, b"lat,lon\n" * 40)
    announce(as_driver, file)
    send(as_driver, file, file.ciphertext[:100], 0)
    assert tidying.tidy() == 0
    _age(spool.path_of(file.id), tidying.ABANDONED.total_seconds() + 60)
    assert tidying.tidy() == 1
    answer = send(as_driver, file, file.ciphertext[100:], 100)
    assert (answer.json()["code"], answer["Upload-Offset"]) == ("wrong_offset", "0")
    assert send(as_driver, file, file.ciphertext, 0).status_code == 204


def test_a_draft_that_was_never_put_in_its_place_is_dropped(settings: Any) -> None:
    settings.SPOOL_DIR.mkdir(parents=True)
    young, old = (settings.SPOOL_DIR / f"{uuid.uuid4()}.{turn:016x}" for turn in range(2))
    for draft in (young, old):
        draft.write_bytes(b"half")
    _age(old, tidying.DRAFT.total_seconds() + 60)
    assert tidying.tidy() == 1
    assert (young.exists(), old.exists()) == (True, False)


def test_a_late_part_of_a_whole_upload_leaves_nothing_on_disk(
    as_driver: APIClient, received: SealedFile, work_through: Callable
) -> None:
    work_through()
    answer = send(as_driver, received, received.ciphertext, 0)
    assert (answer.status_code, answer.json()["code"]) == (409, "upload_not_receiving")
    assert spooled(received.id) is None


def test_bytes_that_come_again_after_days_are_pinned_at_once(
    as_driver: APIClient, received: SealedFile, work_through: Callable
) -> None:
    spool.drop(received.id)  # our disk lost them before the node had them
    work_through()
    WorkRow.objects.update(state=WorkRow.State.STUCK, attempts=doing.MAX_ATTEMPTS)
    assert send(as_driver, received, received.ciphertext, 0).status_code == 204
    work_through()
    assert Upload.objects.get().state == "pinned"

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from rest_framework.test import APIClient

from registry.models import Driver, Vehicle
from storage import keeping, pinning, spool
from storage.models import SealedObject, Upload
from tests.factories.storage import SealedFile, cid_of, seal_file, spooled
from tests.fakes.ipfs import FakeNode
from tests.storage.test_upload_doors import announce, send
from work.models import WorkRow

pytestmark = pytest.mark.django_db


@pytest.fixture
def received(as_driver: APIClient, driver: Driver, vehicle: Vehicle) -> SealedFile:
    file = seal_file(driver, vehicle)
    announce(as_driver, file)
    send(as_driver, file, file.ciphertext, 0)
    return file


def _due_again() -> None:
    WorkRow.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def test_a_received_upload_is_pinned_and_its_spool_emptied(
    received: SealedFile, ipfs_node: FakeNode, work_through: Callable
) -> None:
    work_through()
    upload = Upload.objects.get()
    assert upload.state == "pinned"
    assert upload.pinned_at is not None
    assert ipfs_node.pins == {cid_of(upload)}
    assert ipfs_node.blocks[cid_of(upload)] == received.ciphertext
    assert spooled(upload.id) is None
    assert WorkRow.objects.get().state == "done"


def test_a_node_that_is_down_only_costs_time(
    received: SealedFile, ipfs_node: FakeNode, work_through: Callable
) -> None:
    ipfs_node.is_down = True
    work_through()
    row = WorkRow.objects.get()
    assert (row.state, row.last_error) == ("open", "ipfs_unavailable")
    assert Upload.objects.get().state == "received"
    ipfs_node.is_down = False
    _due_again()
    work_through()
    assert Upload.objects.get().state == "pinned"


def test_bytes_that_read_back_wrong_are_not_called_stored(
    received: SealedFile, ipfs_node: FakeNode, work_through: Callable
) -> None:
    ipfs_node.damaged.add(cid_of(Upload.objects.get()))
    work_through()
    assert (Upload.objects.get().state, WorkRow.objects.get().last_error) == (
        "received",
        "wrong_bytes",
    )
    assert spooled(received.id) == received.ciphertext


def test_a_crash_after_the_pin_pins_again_without_harm(
    received: SealedFile, ipfs_node: FakeNode, work_through: Callable
) -> None:
    ipfs_node.add(received.ciphertext)
    work_through()
    assert Upload.objects.get().state == "pinned"


def test_a_crash_before_the_spool_was_emptied_leaves_nothing_to_lose(
    received: SealedFile, ipfs_node: FakeNode, work_through: Callable
) -> None:
    work_through()
    spool.place(received.id, received.ciphertext)
    call_command("tidy_spool", verbosity=0)
    assert spooled(received.id) is None


def test_bytes_lost_before_the_pin_are_asked_for_again(
    received: SealedFile, ipfs_node: FakeNode, work_through: Callable, as_driver: APIClient
) -> None:
    spool.drop(received.id)
    work_through()
    upload = Upload.objects.get()
    assert (upload.state, upload.received_bytes) == ("receiving", 0)
    send(as_driver, received, received.ciphertext, 0)
    _due_again()
    work_through()
    assert Upload.objects.get().state == "pinned"


def test_bytes_torn_on_our_disk_are_asked_for_again(
    received: SealedFile, ipfs_node: FakeNode, work_through: Callable
) -> None:
    spool.place(received.id, received.ciphertext[:-1])
    work_through()
    assert Upload.objects.get().state == "receiving"
    assert ipfs_node.blocks == {}


def test_an_upload_erased_while_it_is_pinned_does_not_stay(
    received: SealedFile,
    ipfs_node: FakeNode,
    work_through: Callable,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored = pinning._store

    def slow(sealed: SealedObject) -> None:
        stored(sealed)
        keeping.shred(Upload.objects.get(), at=timezone.now())

    monkeypatch.setattr(pinning, "_store", slow)
    work_through("storage.tasks.pin_object")
    assert WorkRow.objects.get(task="storage.tasks.pin_object").last_error == "erased_meanwhile"
    _due_again()
    work_through()
    assert Upload.objects.get().state == "erased"
    assert ipfs_node.pins == set()
    assert ipfs_node.blocks == {}


def test_a_pin_the_node_lost_is_mended(
    received: SealedFile,
    ipfs_node: FakeNode,
    work_through: Callable,
    capsys: pytest.CaptureFixture[str],
) -> None:
    work_through()
    ipfs_node.pins.clear()
    call_command("mend_pins")
    assert "1 mended" in capsys.readouterr().out
    assert ipfs_node.pins

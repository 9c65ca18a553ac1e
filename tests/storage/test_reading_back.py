"""The sealed bytes of an upload are streamed, all or from anywhere on, so that a reader goes on."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from registry.models import Driver, Vehicle
from storage import keeping, spool, tasks
from storage.models import SealedObject, Upload
from tests.factories.storage import SealedFile, cid_of, seal_file
from tests.fakes.ipfs import FakeNode
from tests.storage.test_upload_doors import announce, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(as_driver: APIClient, driver: Driver, vehicle: Vehicle) -> SealedFile:
    """A file that is received; our own disk has it."""
    sealed = seal_file(driver, vehicle, b"lat,lon\n" * 40)
    announce(as_driver, sealed)
    send(as_driver, sealed, sealed.ciphertext, 0)
    return sealed


@pytest.fixture(params=["our disk", "the node"])
def kept(request, file: SealedFile, ipfs_node: FakeNode, work_through) -> SealedFile:
    """The same in either place."""
    if request.param == "the node":
        work_through(tasks.PIN)
    return file


@pytest.fixture
def stored(file: SealedFile, ipfs_node: FakeNode, work_through) -> SealedFile:
    """The same, and only the node has it."""
    work_through(tasks.PIN)
    return file


def read(client: APIClient, file: SealedFile, **headers: str) -> Any:
    named: dict[str, Any] = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return client.get(f"/api/v1/uploads/{file.id}/content", **named)


def test_it_says_how_much_comes_and_that_it_may_be_taken_in_ranges(kept, as_driver):
    answer = read(as_driver, kept)
    assert (answer.status_code, answer.getvalue()) == (200, kept.ciphertext)
    assert answer["Content-Length"] == str(len(kept.ciphertext))
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["ETag"] == f'"sha256:{Upload.objects.get().sha256}"'


@pytest.mark.parametrize(("asked", "start", "stop"), [("5-9", 5, 10), ("100-", 100, None)])
def test_one_range_is_given_as_it_is_asked_for(kept, as_driver, asked, start, stop):
    answer = read(as_driver, kept, range=f"bytes={asked}")
    wanted = kept.ciphertext[start:stop]
    assert (answer.status_code, answer.getvalue()) == (206, wanted)
    size = len(kept.ciphertext)
    assert answer["Content-Range"] == f"bytes {start}-{start + len(wanted) - 1}/{size}"
    assert answer["Content-Length"] == str(len(wanted))


def test_the_last_bytes_may_be_asked_for(stored, as_driver):
    assert read(as_driver, stored, range="bytes=-7").getvalue() == stored.ciphertext[-7:]


def test_a_range_behind_the_end_is_refused_with_the_size(stored, as_driver):
    size = len(stored.ciphertext)
    answer = read(as_driver, stored, range=f"bytes={size}-")
    assert (answer.status_code, answer.json()["code"]) == (416, "beyond_what_is_here")
    assert answer["Content-Range"] == f"bytes */{size}"


def test_several_ranges_are_answered_by_the_whole(stored, as_driver):
    answer = read(as_driver, stored, range="bytes=0-1,5-6")
    assert (answer.status_code, answer.getvalue()) == (200, stored.ciphertext)


def test_a_range_of_other_bytes_than_these_is_answered_by_the_whole(stored, as_driver):
    tag = read(as_driver, stored)["ETag"]
    same = read(as_driver, stored, range="bytes=5-", if_range=tag)
    other = read(as_driver, stored, range="bytes=5-", if_range='"sha256:00"')
    assert (same.status_code, other.status_code) == (206, 200)
    assert other.getvalue() == stored.ciphertext


def test_what_cannot_be_had_is_refused_before_anything_is_answered(stored, as_driver, ipfs_node):
    ipfs_node.is_down = True
    answer = read(as_driver, stored)
    assert (answer.status_code, answer.json()["code"]) == (503, "ipfs_unavailable")
    ipfs_node.is_down = False
    ipfs_node.damaged.add(cid_of(Upload.objects.get()))
    assert read(as_driver, stored).json()["code"] == "wrong_bytes"


def test_bytes_that_changed_on_our_disk_are_not_given_out(file, as_driver, ipfs_node):
    ipfs_node.add(file.ciphertext)
    sealed = SealedObject.objects.get()
    with spool.held(file.id) as torn:
        torn.seek(50)
        torn.write(b"!")
    assert b"".join(keeping.pieces(sealed)) == file.ciphertext

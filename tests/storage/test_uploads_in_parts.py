"""A file beyond one IPFS object: pinned, read, audited, mended and erased part by part."""

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from protocol import cid as cids
from protocol import parts
from registry.models import Driver, Vehicle
from storage import (
    erasure,
    keeping,
    layout,
    pin_audit,
    pinning,
    selectors,
    spool,
    targets,
    tasks,
    unsealing,
)
from storage.errors import NodeDown, Unreadable, WrongBytes
from storage.models import PinAudit, SealedObject, SealedPart, Upload
from storage.targets import NodeTarget
from tests.factories.storage import SealedFile, cid_of, keep_keys, seal_file
from tests.fakes.ipfs import FakeNode
from tests.storage.test_upload_doors import announce, send
from work import asking
from work.models import WorkRow

pytestmark = pytest.mark.django_db

MIB = cids.CHUNK_BYTES
PLAIN = os.urandom(3 * MIB + 100)


@pytest.fixture(autouse=True)
def _small_parts(settings: Any) -> None:
    settings.IPFS_WHOLE_MAX_BYTES = 2 * MIB
    settings.IPFS_PART_BYTES = MIB


@pytest.fixture
def file(driver: Driver, vehicle: Vehicle) -> SealedFile:
    return seal_file(driver, vehicle, PLAIN)


@pytest.fixture
def received(as_driver: APIClient, file: SealedFile) -> Upload:
    announce(as_driver, file)
    send(as_driver, file, file.ciphertext, 0)
    return Upload.objects.get(id=file.id)


@pytest.fixture
def pinned(received: Upload, ipfs_node: FakeNode, work_through: Callable[..., int]) -> Upload:
    work_through(tasks.PIN)
    received.refresh_from_db()
    assert received.state == "pinned"
    return received


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> FakeNode:
    node = FakeNode()
    monkeypatch.setattr(targets, "mirrors", lambda: iter([NodeTarget("mirror", node)]))
    monkeypatch.setattr(targets, "has_mirrors", lambda: True)
    return node


def part_cids() -> list[str]:
    return list(SealedPart.objects.order_by("number").values_list("cid", flat=True))


def due_again() -> None:
    WorkRow.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def sealed_of(upload: Upload) -> SealedObject:
    if upload.sealed is None:
        raise LookupError
    return upload.sealed


def twin_of(upload: Upload) -> Upload:
    """Return a second upload with the very same bytes, pinned too."""
    sealed = sealed_of(upload)
    found = layout.parts_of(sealed)
    upload_id = Upload._meta.pk.get_default()
    twin = SealedObject.objects.create(
        id=upload_id,
        cid=sealed.cid,
        sha256=sealed.sha256,
        size_bytes=sealed.size_bytes,
        envelope_version=1,
        state="pinned",
    )
    for number, part in enumerate(found):
        SealedPart.objects.create(
            sealed=twin, number=number, cid=part.cid, size_bytes=part.size_bytes
        )
    upload.pk, upload.sealed, upload.tombstone_digest = upload_id, twin, "ab" * 32
    upload.save(force_insert=True)
    return upload


def test_its_parts_and_their_list_are_pinned(pinned, file, ipfs_node):
    content = file.ciphertext
    cut = [content[start : start + MIB] for start in range(0, len(content), MIB)]
    assert part_cids() == [cids.cid_of([one]) for one in cut]
    assert ipfs_node.pins == {*part_cids(), cid_of(pinned)}
    listed = parts.read(ipfs_node.blocks[cid_of(pinned)])
    assert (listed.size_bytes, listed.sha256) == (len(content), pinned.sha256)
    assert [part.cid for part in listed.parts] == part_cids()


def test_its_driver_is_told_of_the_parts_and_reads_the_whole(pinned, file, as_driver):
    body = as_driver.get(f"/api/v1/uploads/{file.id}").json()
    assert [part["cid"] for part in body["parts"]] == part_cids()
    assert sum(part["size_bytes"] for part in body["parts"]) == len(file.ciphertext)
    listed = as_driver.get("/api/v1/uploads").json()["results"][0]
    assert listed["parts"] == body["parts"]
    answer = as_driver.get(f"/api/v1/uploads/{file.id}/content")
    assert answer.getvalue() == file.ciphertext


@pytest.mark.parametrize("start", [0, 1, MIB - 1, MIB, 2 * MIB + 5, 3 * MIB + 200])
def test_it_is_read_from_anywhere_on_over_the_borders_of_parts(pinned, file, start):
    assert spool.reading(file.id) is None
    assert b"".join(keeping.pieces(pinned.sealed, start)) == file.ciphertext[start:]


def test_what_fits_into_one_object_has_no_parts(as_driver, driver, vehicle, ipfs_node):
    small = seal_file(driver, vehicle, b"one trip")
    announce(as_driver, small)
    send(as_driver, small, small.ciphertext, 0)
    assert as_driver.get(f"/api/v1/uploads/{small.id}").json()["parts"] == []
    assert SealedObject.objects.get().cid == cids.cid_of([small.ciphertext])


def test_the_builder_reads_it_as_a_stream(pinned, builder_process):
    with unsealing.opened(pinned) as stream:
        got = b"".join(iter(lambda: stream.read(70_000), b""))
    assert got == PLAIN


def test_a_wrong_block_is_never_read(pinned, builder_process, ipfs_node):
    ipfs_node.liar_at[part_cids()[1]] = 500
    got: list[bytes] = []
    with pytest.raises(WrongBytes), unsealing.opened(pinned) as stream:
        got.extend(iter(stream.read1, b""))
    assert PLAIN.startswith(b"".join(got))
    assert len(b"".join(got)) < MIB


def test_a_part_that_breaks_off_is_not_the_whole(pinned, builder_process, ipfs_node):
    ipfs_node.cut_at[part_cids()[-1]] = 10
    with pytest.raises(WrongBytes), unsealing.opened(pinned) as stream:
        stream.read()


def test_who_stops_early_still_learns_that_the_end_is_missing(pinned, builder_process, ipfs_node):
    ipfs_node.blocks.pop(part_cids()[-1])
    with pytest.raises(NodeDown), unsealing.opened(pinned) as stream:
        assert stream.read(5) == PLAIN[:5]


def test_swapped_parts_are_not_the_object(pinned):
    first, second = SealedPart.objects.order_by("number")[:2]
    SealedPart.objects.filter(id=first.id).update(cid=second.cid)
    SealedPart.objects.filter(id=second.id).update(cid=first.cid)
    with pytest.raises(WrongBytes):
        keeping.pieces(pinned.sealed)


@pytest.mark.parametrize("change", [{"size_bytes": MIB - 1}, {"cid": cids.cid_of([b"other"])}])
def test_a_part_that_is_not_the_listed_one_is_refused(pinned, change):
    SealedPart.objects.filter(number=1).update(**change)
    with pytest.raises(WrongBytes):
        keeping.pieces(pinned.sealed)


def test_a_missing_part_is_refused(pinned):
    SealedPart.objects.filter(number=2).delete()
    with pytest.raises(WrongBytes):
        keeping.pieces(pinned.sealed)


def test_a_node_that_names_a_part_otherwise_is_not_believed(
    received, ipfs_node, work_through, monkeypatch
):
    monkeypatch.setattr(ipfs_node, "add", lambda content: (list(content), "bafkother")[1])
    work_through(tasks.PIN)
    assert WorkRow.objects.get().last_error == "wrong_bytes"
    assert Upload.objects.get().state == "received"


def test_a_part_that_reads_back_wrong_is_not_called_stored(received, ipfs_node, work_through):
    ipfs_node.liar_at[part_cids()[2]] = 0
    work_through(tasks.PIN)
    assert WorkRow.objects.get().last_error == "wrong_bytes"
    assert Upload.objects.get().state == "received"
    ipfs_node.liar_at.clear()
    due_again()
    work_through(tasks.PIN)
    assert Upload.objects.get().state == "pinned"


def test_torn_bytes_are_asked_for_again_and_leave_nothing(received, ipfs_node, work_through):
    with spool.held(received.id) as torn:
        torn.seek(2 * MIB + 7)
        torn.write(b"!")
    work_through(tasks.PIN)
    assert Upload.objects.get().state == "receiving"
    assert (ipfs_node.pins, ipfs_node.blocks) == (set(), {})
    assert not SealedPart.objects.exists()


def test_bytes_lost_after_some_parts_came_are_asked_for_again(received, ipfs_node, work_through):
    ipfs_node.add(spool.path_of(received.id).read_bytes()[:MIB])
    spool.drop(received.id)
    work_through(tasks.PIN)
    assert Upload.objects.get().state == "receiving"
    assert ipfs_node.pins == set()


def test_bytes_lost_after_all_parts_came_are_pinned(pinned, work_through):
    SealedObject.objects.update(state="kept")
    Upload.objects.update(state="received")
    WorkRow.objects.update(state="open", due_at=timezone.now() - timedelta(seconds=1))
    work_through(tasks.PIN)
    assert Upload.objects.get().state == "pinned"


def test_erasing_it_drops_every_part_everywhere(pinned, ipfs_node, mirror, work_through):
    asking.ask(task=pinning.MIRROR_TASK, reference=str(pinned.id))
    work_through(pinning.MIRROR_TASK)
    assert mirror.pins == ipfs_node.pins
    assert len(mirror.pins) == 5
    erasure.erase_upload(upload=pinned, at=timezone.now())
    work_through(tasks.UNPIN)
    for node in (mirror, ipfs_node):
        assert (node.pins, node.blocks) == (set(), {})
    assert SealedObject.objects.get().unpinned_at is not None


def test_erasing_it_asks_no_node_for_the_list(pinned, ipfs_node, work_through):
    ipfs_node.blocks.pop(cid_of(pinned))
    erasure.erase_upload(upload=pinned, at=timezone.now())
    work_through(tasks.UNPIN)
    assert ipfs_node.pins == set()


def test_of_two_uploads_with_the_same_bytes_one_may_go(pinned, file, ipfs_node, work_through):
    first = Upload.objects.get(id=pinned.id)
    twin = twin_of(pinned)
    keep_keys(twin, file)
    everything = set(ipfs_node.pins)
    erasure.erase_upload(upload=first, at=timezone.now())
    work_through(tasks.UNPIN)
    assert ipfs_node.pins == everything
    assert b"".join(keeping.pieces(sealed_of(twin))) == file.ciphertext
    erasure.erase_upload(upload=twin, at=timezone.now())
    work_through(tasks.UNPIN)
    assert ipfs_node.pins == set()


def test_an_object_that_is_a_part_of_another_is_needed(pinned, ipfs_node, work_through):
    alone = SealedObject.objects.create(
        cid=part_cids()[0], sha256="0" * 64, size_bytes=MIB, envelope_version=1, state="erased"
    )
    asking.ask(task=tasks.UNPIN, reference=str(alone.id))
    work_through(tasks.UNPIN)
    assert part_cids()[0] in ipfs_node.pins


def test_an_audit_counts_every_part_and_brings_back_what_was_lost(pinned, ipfs_node, mirror):
    for cid in [*part_cids(), cid_of(pinned)]:
        mirror.add(ipfs_node.blocks[cid])
    lost = part_cids()[1]
    ipfs_node.pins.discard(lost)
    ipfs_node.collect_garbage()
    own, _other = pin_audit.audit_now()
    assert (own.wanted, own.held, own.mended, own.lost) == (5, 4, 1, 0)
    assert lost in ipfs_node.pins


def test_what_breaks_off_at_one_place_is_taken_up_by_the_next(pinned, ipfs_node, mirror):
    whole = os.urandom(3 * MIB)
    cid = mirror.add(whole)
    ipfs_node.add(whole)
    ipfs_node.liar_at[cid] = MIB + 3
    assert b"".join(pin_audit._pieces_of(cid, targets.everywhere())) == whole


def test_erased_parts_that_came_back_are_dropped(pinned, ipfs_node, work_through):
    kept = ipfs_node.blocks[part_cids()[1]]
    erasure.erase_upload(upload=pinned, at=timezone.now())
    work_through(tasks.UNPIN)
    ipfs_node.add(kept)
    pin_audit.audit_now()
    assert PinAudit.objects.get().left_over == 1
    assert ipfs_node.blocks == {}


def test_a_list_of_uploads_costs_the_same_however_many_parts(
    pinned, driver, django_assert_max_num_queries
):
    with django_assert_max_num_queries(2):
        assert [len(layout.parts_of(sealed_of(one))) for one in selectors.uploads_of(driver)] == [4]


def test_ciphertext_that_was_cut_before_it_was_sealed_into_parts_does_not_open(
    as_driver, driver, vehicle, ipfs_node, work_through, builder_process
):
    whole = seal_file(driver, vehicle, PLAIN)
    short = whole.ciphertext[: 3 * MIB]
    cut = SealedFile(whole.id, short, whole.wrapped_builder, whole.wrapped_driver, vehicle)
    announce(as_driver, cut)
    send(as_driver, cut, short, 0)
    work_through(tasks.PIN)
    with (
        pytest.raises(Unreadable, match=r"missing|cut"),
        unsealing.opened(Upload.objects.get()) as stream,
    ):
        stream.read()

"""A file beyond one IPFS object, through the door and onto real nodes, and gone from them again."""

import os
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from protocol import cid as cids
from protocol import parts
from registry.models import Driver, Vehicle
from storage import erasure, ipfs, keeping, layout, pin_audit, tasks
from storage.errors import NodeDown
from storage.models import Upload
from tests.factories.storage import cid_of, seal_file
from tests.storage.test_upload_doors import announce, send

pytestmark = [
    pytest.mark.worlds,
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:The 'strict' parameter:FutureWarning"),
]

MIB = cids.CHUNK_BYTES


@pytest.fixture(autouse=True)
def _two_real_nodes(
    settings: Any, kubo: str, embedded_store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ipfs, "_local", threading.local())
    settings.IPFS_API, settings.IPFS_MIRRORS = kubo, [embedded_store]
    settings.IPFS_WHOLE_MAX_BYTES, settings.IPFS_PART_BYTES = 2 * MIB, 2 * MIB


def test_parts_are_kept_by_every_node_read_back_and_dropped_by_every_node(
    as_driver: APIClient, driver: Driver, vehicle: Vehicle, work_through: Callable[..., int]
) -> None:
    file = seal_file(driver, vehicle, os.urandom(5 * MIB + 3))
    announce(as_driver, file)
    send(as_driver, file, file.ciphertext, 0)
    while work_through():
        pass
    upload = Upload.objects.get()
    assert upload.state == "pinned"
    assert upload.sealed is not None
    listed = parts.read(b"".join(ipfs.node().fetch(cid_of(upload))))
    assert [part.size_bytes for part in listed.parts[:2]] == [2 * MIB, 2 * MIB]
    assert b"".join(keeping.pieces(upload.sealed, 3 * MIB)) == file.ciphertext[3 * MIB :]
    for row in pin_audit.audit_now():
        assert (row.wanted, row.held, row.damaged) == (4, 4, 0)
    kept = layout.cids_of(upload.sealed)
    ipfs.node().unpin(kept[1])
    ipfs.node().collect_garbage()
    assert {row.mended for row in pin_audit.audit_now()} == {0, 1}
    erasure.erase_upload(upload=upload, at=timezone.now())
    work_through(tasks.UNPIN)
    for cid in kept:
        assert not ipfs.node().is_pinned(cid)
        with pytest.raises(NodeDown):
            list(ipfs.node().fetch(cid))

"""Our storage room in this process, with a real node behind a door that can be made to fail."""

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from protocol.cid import CHUNK_BYTES
from storage import ipfs
from storage.ipfs import IpfsNode
from storage.models import Upload
from tests.factories.storage import seal_file
from tests.storage.test_upload_doors import announce, send
from tests.worlds.faulty_kubo import FaultyKubo, faulty_kubo
from work.models import WorkRow

TIMEOUT_S = 2


@pytest.fixture
def own_node(kubo: str) -> Iterator[IpfsNode]:
    """The real node, asked past the door."""
    found = IpfsNode(kubo, timeout_s=20)
    yield found
    found._client.close()


@pytest.fixture
def door(kubo, node_places, settings, monkeypatch) -> Iterator[FaultyKubo]:
    """The only way on which our side knows the node."""
    with faulty_kubo(node_places.ipfs_port) as found:
        settings.IPFS_API, settings.NODE_TIMEOUT_S = found.address, TIMEOUT_S
        own = IpfsNode(found.address, timeout_s=TIMEOUT_S)
        monkeypatch.setattr(ipfs, "node", lambda: own)
        yield found
        own._client.close()


@pytest.fixture
def sealed(driver, vehicle, as_driver):
    """A file of three blocks, received and not yet pinned."""
    file = seal_file(driver, vehicle, os.urandom(2 * CHUNK_BYTES + 1_000))
    announce(as_driver, file)
    assert send(as_driver, file, file.ciphertext, 0).status_code == 204
    return file


@pytest.fixture
def work(work_through):
    """A function that does what is due, waits being over."""

    def now() -> None:
        WorkRow.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        work_through()

    return now


def stands(upload_id) -> tuple[str, str]:
    return Upload.objects.get(id=upload_id).state, WorkRow.objects.get().last_error


def content(client, file):
    return client.get(f"/api/v1/uploads/{file.id}/content")

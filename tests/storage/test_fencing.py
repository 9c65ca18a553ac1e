"""The builder opens nothing before it knows the erasures that the chain told."""

from types import SimpleNamespace

import pytest

from chain.models import IndexerCursor
from registry.models import Driver, Vehicle
from storage.errors import ErasuresUnread
from storage.fencing import Fence
from tests.factories.storage import make_pinned_upload, plaintext_of
from tests.fakes.ipfs import FakeNode

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    newest = SimpleNamespace(number=12)
    monkeypatch.setattr("storage.fencing.reading.head", lambda: newest)
    return newest


def _read(block: int) -> None:
    IndexerCursor.objects.update_or_create(
        name="events", defaults={"block_number": block, "block_hash": "", "first_block": 0}
    )


def test_a_fresh_process_waits_until_the_chain_is_read(head: SimpleNamespace) -> None:
    fence = Fence()
    for read in (None, 3, 11):
        if read is not None:
            _read(read)
        with pytest.raises(ErasuresUnread, match="up to block 12"):
            fence.pass_through()
    head.number = 900  # what comes later is heard as it comes
    _read(12)
    fence.pass_through()
    assert fence.is_open


def test_an_open_fence_asks_no_node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.fencing.reading.head", lambda: pytest.fail("asked"))
    Fence(is_open=True).pass_through()


def test_no_upload_is_opened_behind_it(
    head: SimpleNamespace,
    driver: Driver,
    vehicle: Vehicle,
    ipfs_node: FakeNode,
    builder_process: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("storage.fencing.FENCE", Fence())
    with pytest.raises(ErasuresUnread):
        plaintext_of(make_pinned_upload(driver, vehicle))

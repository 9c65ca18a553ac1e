"""The embedded block store keeps what is pinned, and nothing by halves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol.cid import CHUNK_BYTES, cid_of
from stack.blockstore import Store, root_size


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def test_an_object_is_found_under_the_name_of_its_bytes(store):
    cid, size = store.add([b"sea", b"led"], pin=True)
    assert cid == cid_of([b"sealed"])
    assert size == 6
    assert store.object(cid).read_bytes() == b"sealed"


def test_collecting_takes_only_what_nothing_pins(store):
    kept, _ = store.add([b"kept"], pin=True)
    loose, _ = store.add([b"loose"], pin=False)
    assert list(store.collect()) == [loose]
    assert store.object(kept).exists()


def test_unpinning_what_is_not_pinned_is_refused(store):
    with pytest.raises(LookupError, match="not pinned"):
        store.unpin(cid_of([b"never seen"]))


@pytest.mark.parametrize("name", ["", "../pins/x", "/etc/passwd", "b" * 59])
def test_a_name_that_is_no_cid_finds_nothing(store, name):
    with pytest.raises(LookupError):
        store.object(name)


def test_an_upload_that_breaks_off_leaves_nothing(store, tmp_path):
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.add(broken(), pin=True)
    assert not [file for file in (tmp_path / "store").rglob("*") if file.is_file()]


def test_drafts_of_a_killed_store_are_swept_at_the_next_start(store, tmp_path):
    drafts = tmp_path / "store" / "drafts"
    (drafts / "half").write_bytes(b"half")
    Store(tmp_path / "store")
    assert not list(drafts.iterdir())


def test_the_first_block_of_a_long_object_holds_only_links():
    assert root_size(CHUNK_BYTES) == CHUNK_BYTES
    assert root_size(3 * CHUNK_BYTES + 5) == 205  # as Kubo 0.43 reports it

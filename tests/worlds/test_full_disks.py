"""A full disk, ours or the node's, is told clearly; everything goes on when there is room."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol.cid import CHUNK_BYTES
from stack.kubo import find_kubo
from stack.kubo_repo import ready_repository
from storage import ipfs
from storage.ipfs import IpfsNode
from storage.models import Upload
from tests.factories.storage import cid_of, seal_file, spooled
from tests.storage.test_upload_doors import announce, offset_of, send
from tests.worlds.nodes import node as program
from tests.worlds.nodes import places_at, running
from tests.worlds.storing import stands
from work.models import WorkRow

pytestmark = [
    pytest.mark.worlds,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:The 'strict' parameter:FutureWarning"),
]


ROOM_BYTES = 256 * 1024


@pytest.fixture
def small_disk(tmp_path, settings) -> Iterator[Path]:
    """A disk of its own for what arrives, soon full."""
    place = tmp_path / "small"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={ROOM_BYTES}", "tmpfs", str(place)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("this account may mount nothing")
    settings.SPOOL_DIR, settings.UPLOAD_KEEP_FREE_BYTES = place / "spool", 0
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_is_told_and_the_upload_goes_on_when_there_is_room(
    driver, vehicle, as_driver, small_disk, door, work
):
    file = seal_file(driver, vehicle, os.urandom(100_000))
    half = len(file.ciphertext) // 2
    announce(as_driver, file)
    assert send(as_driver, file, file.ciphertext[:half], 0).status_code == 204
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space"):
        filler.write_bytes(b"x" * ROOM_BYTES)
    for _ in range(2):
        answer = send(as_driver, file, file.ciphertext[half:], half)
        assert (answer.status_code, answer.json()["code"]) == (503, "no_room")
        assert int(answer["Retry-After"]) > 0
        assert offset_of(as_driver, file) == half
    other = announce(as_driver, seal_file(driver, vehicle))
    assert (other.status_code, other.json()["code"]) == (503, "no_room")
    assert Upload.objects.count() == 1
    assert not WorkRow.objects.exists()
    filler.unlink()
    assert send(as_driver, file, file.ciphertext[half:], half).status_code == 204
    work()
    assert stands(file.id) == ("pinned", "")
    assert list((small_disk / "spool").iterdir()) == []


def test_a_full_disk_of_the_node_costs_time_alone(tmp_path, sealed, work, settings, monkeypatch):
    """Its own disk: nothing is pinned, and nothing is lost of what waits here."""
    binary = find_kubo()
    if binary is None:
        pytest.skip("no Kubo on this machine")
    places = places_at(tmp_path / "node")
    (places.var / "ipfs").mkdir(parents=True)
    words = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(places.var / "ipfs")]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("this account may mount nothing")
    try:
        ready_repository(binary, places.var / "ipfs", port=places.ipfs_port)
        with running(places, program(places, "ipfs", kubo=binary)):
            own = IpfsNode(places.ipfs_api, timeout_s=20)
            monkeypatch.setattr(ipfs, "node", lambda: own)
            filler = places.var / "ipfs" / "filler"
            with pytest.raises(OSError, match="No space"):
                filler.write_bytes(b"x" * 3 * CHUNK_BYTES)
            work()
            assert stands(sealed.id)[0] == "received"
            assert spooled(sealed.id) == sealed.ciphertext
            filler.unlink()
            work()
            assert stands(sealed.id) == ("pinned", "")
            assert b"".join(own.fetch(cid_of(Upload.objects.get()))) == sealed.ciphertext
            own._client.close()
    finally:
        subprocess.run(["umount", "-l", str(places.var / "ipfs")], check=True)

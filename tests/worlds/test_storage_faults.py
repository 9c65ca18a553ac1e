"""A node that is away, slow or lying, a full disk: no wrong bytes, and no false `pinned`."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import pytest
from django.core.management import call_command

from protocol.cid import CHUNK_BYTES
from storage import layout, spool
from storage.errors import WrongBytes
from storage.ipfs import IpfsNode
from storage.models import PinAudit, SealedObject, Upload
from tests.factories.storage import cid_of, plaintext_of, seal_file, spooled
from tests.storage.test_upload_doors import announce, send
from tests.worlds.nodes import until
from tests.worlds.storing import TIMEOUT_S, content, stands
from work import doing
from work.models import WorkRow

pytestmark = [
    pytest.mark.worlds,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:The 'strict' parameter:FutureWarning"),
]

# --- lies ----------------------------------------------------------------------------------


LIES = [
    ("flips_from", 0, "wrong_bytes"),
    ("flips_from", 2 * CHUNK_BYTES + 50, "wrong_bytes"),
    ("misnames", True, "wrong_bytes"),
    ("cuts", True, "ipfs_unavailable"),
]


@pytest.mark.parametrize(("fault", "value", "code"), LIES)
def test_nothing_is_pinned_on_a_lie(sealed, door, work, own_node, fault, value, code):
    setattr(door, fault, value)
    for _ in range(3):
        work()
        state, error = stands(sealed.id)
        assert state == "received"
        assert error in {code, "wrong_bytes"}
        assert spooled(sealed.id) == sealed.ciphertext
    door.heal()
    work()
    assert stands(sealed.id) == ("pinned", "")
    assert own_node.is_pinned(cid_of(Upload.objects.get()))
    assert spooled(sealed.id) is None


def test_a_pin_that_is_only_claimed_is_not_believed(sealed, door, work, as_driver):
    spool.drop(sealed.id)  # our disk lost the bytes before the node had them
    door.claims_pins = True
    work()
    assert Upload.objects.get().state != "pinned"
    door.heal()
    work()
    assert Upload.objects.get().state == "receiving"
    assert send(as_driver, sealed, sealed.ciphertext, 0).status_code == 204
    work()
    assert Upload.objects.get().state == "pinned"


def test_wrong_bytes_are_given_to_nobody(sealed, door, work, as_driver, builder_process):
    work()
    door.flips_from = 0
    answer = content(as_driver, sealed)
    assert (answer.status_code, answer.json()["code"]) == (503, "wrong_bytes")
    with pytest.raises(WrongBytes):
        plaintext_of(Upload.objects.get())
    door.flips_from = 2 * CHUNK_BYTES + 50  # the answer has begun by then: it breaks off
    answer, came = content(as_driver, sealed), bytearray()
    with pytest.raises(WrongBytes):
        came.extend(chain.from_iterable(answer.streaming_content))
    assert sealed.ciphertext.startswith(bytes(came))
    assert len(came) < int(answer["Content-Length"])
    door.heal()
    assert content(as_driver, sealed).getvalue() == sealed.ciphertext


def test_an_audit_counts_what_a_lying_node_holds_as_damaged(sealed, door, work, own_node):
    work()
    door.flips_from = 0
    with pytest.raises(SystemExit):
        call_command("mend_pins")
    assert PinAudit.objects.get().damaged == 1
    door.heal()
    assert own_node.is_pinned(cid_of(Upload.objects.get()))  # the only copy is never dropped


# --- away and slow -------------------------------------------------------------------------


def test_a_node_that_is_away_costs_time_alone(sealed, door, work, as_driver):
    door.is_down = True
    for _ in range(3):
        work()
        assert stands(sealed.id) == ("received", "ipfs_unavailable")
    assert content(as_driver, sealed).getvalue() == sealed.ciphertext  # from our own disk
    door.heal()
    work()
    assert stands(sealed.id) == ("pinned", "")
    door.is_down = True
    answer = content(as_driver, sealed)
    assert (answer.status_code, answer.json()["code"]) == (503, "ipfs_unavailable")


def test_a_node_that_is_away_for_a_day_leaves_nothing_stuck(sealed, door, work):
    WorkRow.objects.update(attempts=10 * doing.MAX_ATTEMPTS)
    door.is_down = True
    work()
    assert WorkRow.objects.get().state == "open"
    door.heal()
    work()
    assert stands(sealed.id) == ("pinned", "")


def test_a_node_that_does_not_answer_is_waited_for_so_long_and_no_longer(
    sealed, door, work, as_driver
):
    door.stall_s = 60
    began = time.monotonic()
    work()
    assert time.monotonic() - began < 3 * TIMEOUT_S
    assert stands(sealed.id) == ("received", "ipfs_unavailable")
    spool.drop(sealed.id)
    began = time.monotonic()
    answer = content(as_driver, sealed)
    assert (answer.status_code, answer.json()["code"]) == (503, "ipfs_unavailable")
    assert time.monotonic() - began < 3 * TIMEOUT_S


def test_a_silent_node_is_given_a_rest_and_then_asked_again(sealed, door, work):
    door.stall_s = 60
    work()
    asked, began = sum(door.asked.values()), time.monotonic()
    for _ in range(5):
        work()
    assert time.monotonic() - began < TIMEOUT_S
    assert sum(door.asked.values()) == asked
    door.heal()
    until(lambda: work() or stands(sealed.id) == ("pinned", ""), timeout_s=10 * TIMEOUT_S)


# --- files in parts ------------------------------------------------------------------------


def test_a_file_in_parts_is_pinned_whole_or_not_at_all(
    driver, vehicle, as_driver, door, work, own_node, settings
):
    settings.IPFS_WHOLE_MAX_BYTES, settings.IPFS_PART_BYTES = 2 * CHUNK_BYTES, CHUNK_BYTES
    file = seal_file(driver, vehicle, os.urandom(5 * CHUNK_BYTES + 10))
    announce(as_driver, file)
    send(as_driver, file, file.ciphertext, 0)
    for adds in (2, 4, 6):  # its manifest comes last
        door.adds_left = adds
        work()
        assert Upload.objects.get().state == "received"
        assert spooled(file.id) == file.ciphertext
    door.heal()
    with _collecting(door.behind):
        work()
    assert stands(file.id) == ("pinned", "")
    cids = layout.cids_of(SealedObject.objects.get())
    assert len(cids) == 7
    assert all(map(own_node.is_pinned, cids))
    assert content(as_driver, file).getvalue() == file.ciphertext
    as_driver.delete(f"/api/v1/uploads/{file.id}")
    work()
    assert not any(map(own_node.is_pinned, cids))


# --- garbage -------------------------------------------------------------------------------


def test_garbage_collected_all_the_time_loses_nothing(
    driver, vehicle, as_driver, door, work, own_node
):
    files = [seal_file(driver, vehicle, os.urandom(300_000)) for _ in range(20)]
    with _collecting(door.behind) as rounds:
        for file in files:
            announce(as_driver, file)
            send(as_driver, file, file.ciphertext, 0)
            work()
    assert rounds[0] > 2
    own_node.collect_garbage()
    for upload in Upload.objects.all():
        assert upload.state == "pinned"
        assert own_node.is_pinned(cid_of(upload))
    for file in files:
        assert content(as_driver, file).getvalue() == file.ciphertext


class _collecting:  # noqa: N801 - used as a function is
    """Let the real node collect garbage, again and again, until the block ends."""

    def __init__(self, port: int) -> None:
        self._node = IpfsNode(f"/ip4/127.0.0.1/tcp/{port}/http", timeout_s=20)
        self._over, self.rounds = False, [0]
        self._pool = ThreadPoolExecutor(1)

    def __enter__(self) -> list[int]:
        self._running = self._pool.submit(self._collect)
        return self.rounds

    def _collect(self) -> None:
        while not self._over:
            self._node.collect_garbage()
            self.rounds[0] += 1

    def __exit__(self, *_: object) -> None:
        self._over = True
        self._running.result(30)
        self._pool.shutdown()
        self._node._client.close()

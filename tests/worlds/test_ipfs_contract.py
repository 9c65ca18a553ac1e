"""Every IPFS node we may meet keeps the same promises: the fake, the embedded store, Kubo."""

import os
from collections.abc import Iterator

import pytest

from protocol.cid import CHUNK_BYTES, cid_of
from storage.errors import NodeDown, WrongBytes
from storage.ipfs import IpfsNode, Node
from tests.fakes.ipfs import FakeNode

# ipfshttpclient 0.7 hands urllib3 an argument that version 3 will refuse; we hold urllib3 below 3.
pytestmark = pytest.mark.filterwarnings("ignore:The 'strict' parameter:FutureWarning")

_NODES = [
    pytest.param("fake"),
    pytest.param("embedded_store", marks=pytest.mark.worlds),
    pytest.param("kubo", marks=pytest.mark.worlds),
]
_SIZES = [
    pytest.param(0, id="empty"),
    pytest.param(10, id="one small block"),
    pytest.param(CHUNK_BYTES, id="one whole block"),
    pytest.param(CHUNK_BYTES + 1, id="two blocks"),
    pytest.param(5 * CHUNK_BYTES + 3, id="six blocks"),
]


def got(node: Node, cid: str, start: int = 0) -> bytes:
    return b"".join(node.fetch(cid, start))


@pytest.fixture(params=_NODES)
def node(request: pytest.FixtureRequest) -> Iterator[Node]:
    if request.param == "fake":
        yield FakeNode()
        return
    found = IpfsNode(request.getfixturevalue(request.param), timeout_s=20)
    yield found
    found._client.close()


@pytest.mark.parametrize("size", _SIZES)
def test_it_names_the_bytes_as_protocol_does_and_gives_them_back(node, size):
    content = os.urandom(size)
    cid = node.add(content)
    assert cid == cid_of([content])
    assert got(node, cid) == content


@pytest.mark.parametrize("start", [1, CHUNK_BYTES - 1, CHUNK_BYTES, 2 * CHUNK_BYTES + 7])
def test_it_gives_the_bytes_from_anywhere_on(node, start):
    content = os.urandom(3 * CHUNK_BYTES + 3)
    assert got(node, node.add(content), start) == content[start:]


def test_one_block_is_given_from_anywhere_on(node):
    content = os.urandom(1000)
    assert got(node, node.add(content), 900) == content[900:]


def test_it_takes_and_gives_bytes_as_they_come(node):
    content = os.urandom(5 * CHUNK_BYTES + 3)
    cid = node.add(content[start : start + 70_000] for start in range(0, len(content), 70_000))
    assert cid == cid_of([content])
    assert {len(piece) for piece in node.fetch(cid)} == {CHUNK_BYTES, 3}


def test_of_bytes_that_broke_off_nothing_is_kept(node):
    content = os.urandom(2 * CHUNK_BYTES)

    def broken():
        yield content
        raise WrongBytes

    with pytest.raises(WrongBytes):
        node.add(broken())
    assert not node.is_pinned(cid_of([content]))
    assert node.is_pinned(node.add(b"and it goes on"))


def test_a_reader_may_leave_in_the_middle(node):
    cid = node.add(os.urandom(5 * CHUNK_BYTES))
    pieces = node.fetch(cid)
    assert next(pieces)
    pieces.close()
    assert node.is_pinned(cid)


def test_adding_the_same_bytes_again_is_no_second_object(node):
    content = os.urandom(100)
    assert node.add(content) == node.add(content)


def test_what_is_added_is_pinned(node):
    assert node.is_pinned(node.add(os.urandom(100)))


def test_pinning_twice_is_pinning(node):
    cid = node.add(os.urandom(100))
    node.pin(cid)
    node.pin(cid)
    assert node.is_pinned(cid)


def test_unpinning_twice_is_unpinning(node):
    cid = node.add(os.urandom(100))
    node.unpin(cid)
    node.unpin(cid)
    assert not node.is_pinned(cid)


def test_garbage_is_what_nothing_pins(node):
    kept, loose = os.urandom(2 * CHUNK_BYTES), os.urandom(2 * CHUNK_BYTES)
    kept_cid, loose_cid = node.add(kept), node.add(loose)
    node.unpin(loose_cid)
    node.collect_garbage()
    assert got(node, kept_cid) == kept
    with pytest.raises(NodeDown):
        got(node, loose_cid)


def test_garbage_is_collected_to_its_end(node):
    cids = [node.add(os.urandom(100)) for _ in range(300)]
    for cid in cids:
        node.unpin(cid)
    node.collect_garbage()
    for cid in cids:
        with pytest.raises(NodeDown):
            got(node, cid)


def test_what_was_unpinned_can_be_pinned_again_while_it_is_there(node):
    cid = node.add(os.urandom(100))
    node.unpin(cid)
    node.pin(cid)
    node.collect_garbage()
    assert got(node, cid)


def test_bytes_nobody_added_are_not_there(node):
    with pytest.raises(NodeDown):
        got(node, cid_of([os.urandom(100)]))


def test_nothing_nobody_added_is_pinned(node):
    assert not node.is_pinned(cid_of([os.urandom(100)]))


def test_it_says_its_version(node):
    assert node.version()


@pytest.mark.worlds
@pytest.mark.usefixtures("kubo")
def test_a_node_that_is_away_is_unavailable():
    with pytest.raises(NodeDown):
        IpfsNode("/ip4/127.0.0.1/tcp/9/http", timeout_s=2).version()

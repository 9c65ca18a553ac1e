"""Nothing missed, nothing told twice, and a fork taken back."""

import pytest

from chain import indexing, outbox, selectors, sending, subscriptions
from chain.domain.calls import EventRecord
from chain.errors import NodeDown
from chain.models import IndexerCursor, OutboundCall, StoredEvent
from tests.chain.conftest import TOMBSTONE

DIGEST = b"\x07" * 32


@pytest.fixture
def heard():
    told: list[EventRecord] = []
    subscriptions.on_event("ConsentRegistry", "Erased")(told.append)
    return told


@pytest.fixture
def undone():
    told: list[EventRecord] = []
    subscriptions.on_undone("ConsentRegistry", "Erased")(told.append)
    return told


def emit(chain, count=1):
    for _ in range(count):
        chain.emit("ConsentRegistry", "Erased", {"digest": DIGEST})


def test_an_event_is_stored_and_told_once(chain, indexing_turn, heard):
    emit(chain)
    assert indexing.run(turn=indexing_turn) == 1
    assert indexing.run(turn=indexing_turn) == 0
    (record,) = heard
    assert (record.contract, record.name, record.args) == (
        "ConsentRegistry",
        "Erased",
        {"digest": DIGEST},
    )
    assert record.block_hash == chain.mined[1].hash
    assert StoredEvent.objects.get().args == {"digest": "0x" + DIGEST.hex()}


def test_only_confirmed_blocks_are_read(chain, indexing_turn, heard, settings):
    settings.CHAIN_CONFIRMATIONS = 3
    emit(chain)
    chain.mine()
    indexing.run(turn=indexing_turn)
    assert heard == []
    chain.mine()
    indexing.run(turn=indexing_turn)
    assert len(heard) == 1


def test_a_handler_that_fails_leaves_the_cursor_before_its_block(chain, indexing_turn, heard):
    class Trouble(Exception):
        pass

    def trouble(_record):
        if len(heard) == 1:
            raise Trouble

    subscriptions.on_event("ConsentRegistry", "Erased")(trouble)
    emit(chain)
    with pytest.raises(Trouble):
        indexing.run(turn=indexing_turn)
    assert StoredEvent.objects.count() == 0
    indexing.run(turn=indexing_turn)
    assert StoredEvent.objects.count() == 1


def test_a_fork_is_taken_back_and_read_again(chain, indexing_turn, heard, undone):
    emit(chain, 3)
    indexing.run(turn=indexing_turn)
    chain.reorganise(2)
    indexing.run(turn=indexing_turn)
    emit(chain)
    indexing.run(turn=indexing_turn)
    kept = StoredEvent.objects.order_by("block_number").values_list("block_hash", flat=True)
    assert set(kept) <= {block.hash for block in chain.mined}
    assert [record.block_number for record in undone[:2]] == [3, 2]
    assert len(kept) == 2


def test_our_calls_of_a_lost_block_are_sent_again(chain, indexing_turn, sending_turn):
    call = outbox.submit(call=TOMBSTONE, reference="consent.1")
    sending.run(turn=sending_turn)
    indexing.run(turn=indexing_turn)
    chain.mine()
    indexing.run(turn=indexing_turn)
    emit(chain)
    outbox.submit(call=TOMBSTONE, reference="consent.2")
    sending.run(turn=sending_turn)
    indexing.run(turn=indexing_turn)
    chain.reorganise(1)
    indexing.run(turn=indexing_turn)
    assert OutboundCall.objects.get(reference="consent.2").state == OutboundCall.State.SENT
    sending.run(turn=sending_turn)
    assert OutboundCall.objects.get(reference="consent.2").state == OutboundCall.State.CONFIRMED
    call.refresh_from_db()
    assert call.state == OutboundCall.State.CONFIRMED
    assert chain.nonce == 2


def test_a_chain_shorter_than_the_cursor_is_read_from_the_start(chain, indexing_turn, heard):
    emit(chain, 5)
    indexing.run(turn=indexing_turn)
    del chain.mined[1:]
    chain.heard.clear()
    chain.fork = 7
    emit(chain)
    indexing.run(turn=indexing_turn)
    assert StoredEvent.objects.get().block_number == 1
    assert IndexerCursor.objects.get().block_number == 1


def test_a_rebuild_hears_the_same(chain, indexing_turn, heard):
    emit(chain, 4)
    indexing.run(turn=indexing_turn)
    live = list(StoredEvent.objects.values_list("block_hash", "name", "args"))
    indexing.forget()
    indexing.run(turn=indexing_turn)
    assert list(StoredEvent.objects.values_list("block_hash", "name", "args")) == live
    assert heard[:4] == heard[4:]


def test_the_lag_is_what_is_left_to_read(chain, indexing_turn, settings):
    settings.CHAIN_CONFIRMATIONS = 3
    for _ in range(5):
        chain.mine()
    indexing.run(turn=indexing_turn)
    assert selectors.lag() == 2


def test_a_silent_node_keeps_the_cursor(chain, indexing_turn):
    emit(chain)
    indexing.run(turn=indexing_turn)
    chain.is_down = True
    with pytest.raises(NodeDown):
        indexing.run(turn=indexing_turn)
    assert IndexerCursor.objects.get().block_number == 1

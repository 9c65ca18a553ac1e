"""Nothing missed, nothing told twice, and a fork taken back."""

import json
import os
from dataclasses import replace

import pytest

from chain import deployed, indexing, outbox, selectors, sending, subscriptions
from chain.domain.calls import EventRecord
from chain.errors import NodeDown
from chain.models import IndexerCursor, OutboundCall, StoredEvent
from tests.chain.conftest import TOMBSTONE

DIGEST = b"\x07" * 32
PERSON = "0x" + "11" * 20


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


def test_a_node_that_answers_for_few_blocks_is_asked_for_few(chain, indexing_turn, heard):
    emit(chain, 40)
    chain.most_blocks = 3
    assert indexing.run(turn=indexing_turn) == 40
    assert len(heard) == 40
    assert IndexerCursor.objects.get().width <= 4
    refused = [last - first >= 3 for first, last in chain.asked]
    assert refused.count(True) < 20  # it is not tried anew each time


def test_the_width_grows_again_slowly(chain, indexing_turn):
    emit(chain)
    indexing.run(turn=indexing_turn)
    IndexerCursor.objects.update(width=4)
    for _ in range(100):
        chain.mine()
    indexing.run(turn=indexing_turn)
    widths = [last - first + 1 for first, last in chain.asked[1:]]
    assert widths[:4] == [4, 5, 6, 7]
    assert IndexerCursor.objects.get().width > 12


def test_a_node_that_refuses_one_block_keeps_the_cursor(chain, indexing_turn):
    emit(chain)
    chain.most_blocks = 0
    with pytest.raises(NodeDown):
        indexing.run(turn=indexing_turn)
    assert IndexerCursor.objects.get().block_number == 0


@pytest.mark.parametrize(
    "tamper",
    [
        pytest.param(lambda span: replace(span, end=None), id="laggard"),
        pytest.param(lambda span: replace(span, logs=[*span.logs, span.logs[-1]]), id="twice"),
        pytest.param(lambda span: replace(span, logs=span.logs[::-1]), id="disorder"),
        pytest.param(lambda span: _with(span, address="0x" + "99" * 20), id="foreign"),
        pytest.param(lambda span: _with(span, block_number=900), id="too-far"),
        pytest.param(lambda span: _with(span, block_hash="0x" + "99" * 32), id="other-block"),
        pytest.param(lambda span: _with(span, data=b"\x01"), id="cut-off"),
    ],
)
def test_an_answer_that_does_not_fit_together_is_not_believed(chain, indexing_turn, heard, tamper):
    emit(chain, 3)
    chain.tamper = tamper
    with pytest.raises(NodeDown):
        indexing.run(turn=indexing_turn)
    assert (heard, StoredEvent.objects.count()) == ([], 0)
    chain.tamper = lambda span: span
    assert indexing.run(turn=indexing_turn) == 3


def _with(span, **changes):
    return replace(span, logs=[*span.logs[:-1], replace(span.logs[-1], **changes)])


def test_a_contract_that_is_deployed_later_is_read_from_its_block(chain, indexing_turn, heard):
    known = json.loads(deployed.file().read_text())
    late = known["contracts"].pop("ConsentRegistry")
    _deploy(known)
    for _ in range(3):
        emit(chain)
        assert indexing.run(turn=indexing_turn) == 0
    known["contracts"]["ConsentRegistry"] = late | {"block": 2}
    _deploy(known)
    assert indexing.run(turn=indexing_turn) == 2
    assert [record.block_number for record in heard] == [2, 3]
    assert indexing.run(turn=indexing_turn) == 0


def _deploy(facts):
    file = deployed.file()
    before = file.stat().st_mtime_ns
    file.write_text(json.dumps(facts))
    os.utime(file, ns=(before + 1_000, before + 1_000))


def test_events_of_one_kind_are_told_together_and_in_their_order(chain, indexing_turn):
    told: list[tuple[str, list[int]]] = []
    for name in ("Erased", "Revoked"):

        @subscriptions.on_events("ConsentRegistry", name)
        def hear(records, name=name):
            told.append((name, [record.block_number for record in records]))

    emit(chain, 2)
    chain.emit("ConsentRegistry", "Revoked", {"driver": PERSON, "dataset": DIGEST, "nonce": 1})
    emit(chain)
    indexing.run(turn=indexing_turn)
    assert told == [("Erased", [1, 2]), ("Revoked", [3]), ("Erased", [4])]


def test_rooms_forget_what_left_the_chain_and_all_before_a_rebuild(chain, indexing_turn):
    forgotten: list[int] = []
    subscriptions.on_forget(forgotten.append)
    emit(chain, 3)
    indexing.run(turn=indexing_turn)
    chain.reorganise(2)
    indexing.run(turn=indexing_turn)
    indexing.forget()
    assert forgotten == [0, -1]  # all three were read at once, so that the start is the fork


def test_an_event_that_no_contract_has_any_more_is_no_hindrance(chain, indexing_turn, undone):
    emit(chain, 2)
    indexing.run(turn=indexing_turn)
    StoredEvent.objects.filter(block_number=2).update(name="HaltSet", args={"is_halted": True})
    chain.reorganise(2)
    indexing.run(turn=indexing_turn)
    assert [record.block_number for record in undone] == [1]
    assert not StoredEvent.objects.exists()


def test_a_watcher_sees_the_indexer_come_on(chain, indexing_turn):
    seen: list[tuple[int, int, int]] = []
    emit(chain, 5)
    chain.most_blocks = 2
    indexing.run(
        turn=indexing_turn,
        watch=lambda progress, events: seen.append((progress.read, progress.of, events)),
    )
    assert sum(events for *_, events in seen) == 5
    assert seen[-1][:2] == (5, 5)
    assert selectors.progress().percent == 100

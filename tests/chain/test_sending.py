"""One lane, the same bytes, until the chain confirms."""

import pytest

from chain import identity, node, outbox, sending, signing
from chain.domain.wire import Refusal, Why
from chain.errors import ChainReplaced, NodeDown, TurnTaken
from chain.models import OutboundCall
from chain.turns import HeldTurn
from tests.chain.conftest import TOMBSTONE
from tests.chain.wishes import raws, submit, trips

State = OutboundCall.State


def test_a_call_is_sent_and_confirmed(chain, sending_turn):
    call = outbox.submit(call=TOMBSTONE, reference="consent.1")
    assert sending.run(turn=sending_turn) == 1
    call.refresh_from_db()
    assert (call.state, call.nonce, call.block_number) == (State.CONFIRMED, 0, 1)
    assert chain.handed_over == raws(call)


def test_one_reference_is_one_call(chain, sending_turn):
    for _ in range(2):
        outbox.submit(call=TOMBSTONE, reference="consent.1")
    assert sending.run(turn=sending_turn) == 1
    assert OutboundCall.objects.count() == 1


def test_calls_take_nonces_in_their_order(chain, sending_turn):
    for number in range(120):
        outbox.submit(call=TOMBSTONE, reference=f"consent.{number}")
    assert sending.run(turn=sending_turn) == 120
    calls = OutboundCall.objects.order_by("created_at", "id")
    assert list(calls.values_list("nonce", flat=True)) == list(range(120))


def test_a_crash_before_sending_sends_the_stored_bytes(chain, sending_turn):
    call = outbox.submit(call=TOMBSTONE, reference="consent.1")
    signing.sign_queued(node=node.connect(), turn=sending_turn)
    call.refresh_from_db()
    stored = raws(call)
    assert (call.state, chain.handed_over) == (State.SENT, [])
    sending.run(turn=sending_turn)
    assert chain.handed_over == stored


def test_a_crash_after_sending_uses_no_second_nonce(chain, sending_turn):
    call = outbox.submit(call=TOMBSTONE, reference="consent.1")
    signing.sign_queued(node=node.connect(), turn=sending_turn)
    call.refresh_from_db()
    chain.send(raws(call))  # the node took it; we died before we wrote that down
    assert sending.run(turn=sending_turn) == 1
    assert chain.nonce == 1
    assert len(set(chain.handed_over)) == 1


def test_what_the_node_forgot_is_sent_again_with_the_same_bytes(chain, sending_turn, later):
    chain.is_mining = False
    submit()
    trips(sending_turn, 2)
    chain.pool.clear()
    trips(sending_turn)
    assert len(chain.handed_over) == 1  # not at once: it might be known still
    later(10)
    chain.is_mining = True
    assert sending.run(turn=sending_turn) == 1
    assert len(set(chain.handed_over)) == 1


def test_another_chain_gets_nothing_until_the_right_one_is_back(chain, sending_turn, monkeypatch):
    call = submit()
    monkeypatch.setattr(identity, "genesis_hash", lambda: "0x" + "00" * 32)
    with pytest.raises(ChainReplaced):
        sending.run(turn=sending_turn)
    call.refresh_from_db()
    assert (call.state, chain.handed_over) == (State.QUEUED, [])
    monkeypatch.setattr(identity, "genesis_hash", lambda: chain.mined[0].hash)
    assert sending.run(turn=sending_turn) == 1


def test_what_was_signed_for_a_chain_that_is_gone_is_signed_anew(chain, sending_turn, monkeypatch):
    call, done = submit(), submit(2)
    signing.sign_queued(node=node.connect(), turn=sending_turn)
    OutboundCall.objects.update(genesis_hash="0x" + "99" * 32)
    OutboundCall.objects.filter(id=done.id).update(state=State.CONFIRMED)
    monkeypatch.setattr(identity, "genesis_hash", lambda: chain.mined[0].hash)
    sending.run(turn=sending_turn)
    call.refresh_from_db()
    assert (call.state, call.genesis_hash) == (State.CONFIRMED, chain.mined[0].hash)
    assert chain.nonce == 1  # the one that was confirmed there is not sent here


def test_a_refused_call_is_closed_without_a_nonce(chain, sending_turn, failures):
    chain.refusals["tombstone"] = "room: no"
    call = outbox.submit(call=TOMBSTONE, reference="consent.1")
    sending.run(turn=sending_turn)
    call.refresh_from_db()
    assert (call.state, call.nonce, call.reason) == (State.FAILED, None, "room: no")
    assert failures == [("consent.1", "room: no")]


def test_what_the_stewards_have_halted_waits_until_they_resume(chain, sending_turn, failures):
    chain.refusals["tombstone"] = "room: halted"
    call = outbox.submit(call=TOMBSTONE, reference="consent.1")
    sending.run(turn=sending_turn)
    call.refresh_from_db()
    assert (call.state, call.waits_for, call.reason) == (State.QUEUED, "stewards", "room: halted")
    chain.refusals.clear()
    assert sending.run(turn=sending_turn) == 1
    call.refresh_from_db()
    assert (call.state, call.waits_for, call.reason, failures) == (State.CONFIRMED, "", "", [])


def test_a_refusal_does_not_count_while_something_is_on_its_way(chain, sending_turn):
    chain.is_mining = False
    outbox.submit(call=TOMBSTONE, reference="consent.1")
    sending.run(turn=sending_turn, for_s=0)
    chain.refusals["tombstone"] = "room: not yet"
    call = outbox.submit(call=TOMBSTONE, reference="consent.2")
    sending.run(turn=sending_turn, for_s=0)
    call.refresh_from_db()
    assert call.state == State.QUEUED


def test_a_call_that_fits_into_no_block_fails_clearly(chain, sending_turn):
    chain.gas_limit = 50_000
    call = submit()
    sending.run(turn=sending_turn)
    call.refresh_from_db()
    assert (call.state, call.nonce) == (State.FAILED, None)
    assert call.reason == "it needs more gas than a block has"


def test_a_call_that_the_node_cannot_judge_holds_up_no_other(chain, sending_turn, monkeypatch):
    odd, good = submit(1), submit(2)
    answers = [Refusal("header not found", Why.UNCLEAR), 50_000]
    monkeypatch.setattr(chain, "estimates", lambda *_: answers)
    sending.run(turn=sending_turn, for_s=0)
    odd.refresh_from_db()
    good.refresh_from_db()
    assert (odd.state, odd.waits_for, odd.reason) == (State.QUEUED, "node", "header not found")
    assert good.state == State.SENT


def test_a_silent_node_loses_nothing(chain, sending_turn):
    outbox.submit(call=TOMBSTONE, reference="consent.1")
    chain.is_down = True
    with pytest.raises(NodeDown):
        sending.run(turn=sending_turn)
    chain.is_down = False
    assert sending.run(turn=sending_turn) == 1


def test_nobody_signs_without_the_turn(chain, sending_turn):
    outbox.submit(call=TOMBSTONE, reference="consent.1")
    with pytest.raises(TurnTaken):
        signing.sign_queued(node=node.connect(), turn=HeldTurn("sending", "somebody else"))
    assert OutboundCall.objects.get().state == State.QUEUED

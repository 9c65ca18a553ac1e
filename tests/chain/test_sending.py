"""One lane, the same bytes, until the chain confirms."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chain import gathering, node, outbox, sending, signing, subscriptions
from chain.errors import NodeDown, TurnTaken
from chain.models import OutboundCall, OutboundItem
from chain.turns import HeldTurn
from tests.chain.conftest import TOMBSTONE
from tests.fakes import chain as fakes

State = OutboundCall.State


def grant_item(number: int, *, nonce: int = 0) -> tuple:
    return ("0x" + f"{number:040x}", b"d" * 32, b"t" * 32, 2**40, nonce, b"s" * 65)


def submit_grant(number: int, *, nonce: int = 0) -> OutboundItem:
    return outbox.submit_item(
        contract="ConsentRegistry",
        batch_function="grant_batch",
        item=grant_item(number, nonce=nonce),
        reference=f"consent.{number}",
    )


def make_due() -> None:
    OutboundItem.objects.update(due_at=timezone.now() - timedelta(seconds=1))


@pytest.fixture
def failures():
    told: list[tuple[str, str]] = []
    subscriptions.on_failure("consent.")(lambda *facts: told.append(facts))
    return told


def test_a_call_is_sent_and_confirmed(chain, sending_turn):
    call = outbox.submit(call=TOMBSTONE, reference="consent.1")
    assert sending.run(turn=sending_turn) == 1
    call.refresh_from_db()
    assert (call.state, call.nonce, call.block_number) == (State.CONFIRMED, 0, 1)
    assert chain.handed_over == [bytes(call.raw)]


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
    stored = bytes(call.raw)
    assert (call.state, chain.handed_over) == (State.SENT, [])
    sending.run(turn=sending_turn)
    assert chain.handed_over == [stored]


def test_a_crash_after_sending_uses_no_second_nonce(chain, sending_turn):
    call = outbox.submit(call=TOMBSTONE, reference="consent.1")
    signing.sign_queued(node=node.connect(), turn=sending_turn)
    call.refresh_from_db()
    chain.send([bytes(call.raw)])  # the node took it; we died before we wrote that down
    assert sending.run(turn=sending_turn) == 1
    assert chain.nonce == 1
    assert len(set(chain.handed_over)) == 1


def test_what_is_not_mined_is_sent_again_with_the_same_bytes(chain, sending_turn):
    chain.is_mining = False
    outbox.submit(call=TOMBSTONE, reference="consent.1")
    sending.run(turn=sending_turn, for_s=0)
    chain.pool.clear()  # the node dropped it
    OutboundCall.objects.update(sent_at=timezone.now() - timedelta(seconds=10))
    chain.is_mining = True
    assert sending.run(turn=sending_turn) == 1
    assert len(set(chain.handed_over)) == 1


def test_a_nonce_that_something_else_used_is_given_up(chain, sending_turn):
    call = outbox.submit(call=TOMBSTONE, reference="consent.1")
    signing.sign_queued(node=node.connect(), turn=sending_turn)
    chain.nonce = 5
    for _ in range(2):
        OutboundCall.objects.update(sent_at=None)
        sending.hand_over(node.connect())
    assert sending.run(turn=sending_turn) == 1
    call.refresh_from_db()
    assert (call.state, call.nonce) == (State.CONFIRMED, 5)


def test_a_refused_call_is_closed_without_a_nonce(chain, sending_turn, failures):
    chain.refusals["tombstone"] = "room: no"
    call = outbox.submit(call=TOMBSTONE, reference="consent.1")
    sending.run(turn=sending_turn)
    call.refresh_from_db()
    assert (call.state, call.nonce, call.reason) == (State.FAILED, None, "room: no")
    assert failures == [("consent.1", "room: no")]


def test_a_refusal_does_not_count_while_something_is_on_its_way(chain, sending_turn):
    chain.is_mining = False
    outbox.submit(call=TOMBSTONE, reference="consent.1")
    sending.run(turn=sending_turn, for_s=0)
    chain.refusals["tombstone"] = "room: not yet"
    call = outbox.submit(call=TOMBSTONE, reference="consent.2")
    sending.run(turn=sending_turn, for_s=0)
    call.refresh_from_db()
    assert call.state == State.QUEUED


def test_confirmations_are_waited_for(chain, sending_turn, settings):
    settings.CHAIN_CONFIRMATIONS = 3
    outbox.submit(call=TOMBSTONE, reference="consent.1")
    assert sending.run(turn=sending_turn, for_s=0) == 0
    chain.mine()
    chain.mine()
    assert sending.run(turn=sending_turn) == 1


def test_items_travel_together(chain, sending_turn):
    chain.speak = fakes.grants
    for number in range(230):
        submit_grant(number)
    gathering.gather(turn=sending_turn, at=timezone.now())
    assert OutboundCall.objects.count() == 2  # full ones leave at once, the rest waits
    make_due()
    assert sending.run(turn=sending_turn) == 3
    assert set(OutboundItem.objects.values_list("state", flat=True)) == {"settled"}


def test_a_skipped_item_tries_again_and_then_fails_alone(chain, sending_turn, failures):
    chain.speak = fakes.grants
    good, bad = submit_grant(1), submit_grant(2, nonce=9)
    for _ in range(3):
        make_due()
        sending.run(turn=sending_turn)
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.state, bad.state) == ("settled", "failed")
    assert failures == [("consent.2", "wrong nonce")]


def test_a_refused_batch_fails_its_items(chain, sending_turn, failures):
    chain.refusals["grant_batch"] = "no"
    submit_grant(1)
    make_due()
    sending.run(turn=sending_turn)
    assert failures == [("consent.1", "no")]


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

"""A nonce is ours or was used by others, a gap is closed, and a fork decides nothing."""

from datetime import timedelta

from chain import confirming, node, outbox, sending, signing
from chain.models import OutboundCall
from tests.chain.conftest import TOMBSTONE
from tests.chain.wishes import raws, submit, trips

State = OutboundCall.State


def test_confirmations_are_waited_for(chain, sending_turn, settings):
    settings.CHAIN_CONFIRMATIONS = 3
    outbox.submit(call=TOMBSTONE, reference="consent.1")
    assert sending.run(turn=sending_turn, for_s=0) == 0
    chain.mine()
    chain.mine()
    assert sending.run(turn=sending_turn) == 1


def test_a_nonce_that_something_else_used_is_given_up(chain, sending_turn, later):
    call = submit()
    signing.sign_queued(node=node.connect(), turn=sending_turn)
    chain.nonce = 5
    trips(sending_turn)
    later(confirming.DOUBT.seconds - 1)
    trips(sending_turn)
    call.refresh_from_db()
    assert (call.state, call.nonce) == (State.SENT, 0)
    later(1)
    sending.run(turn=sending_turn)
    call.refresh_from_db()
    assert (call.state, call.nonce) == (State.CONFIRMED, 5)
    assert [attempt.nonce for attempt in call.attempts.order_by("id")] == [0, 5]


def test_a_receipt_that_comes_late_is_waited_for(chain, sending_turn, monkeypatch, later):
    """Anvil counts a block before it files its receipts."""
    call = submit()
    trips(sending_turn)
    with monkeypatch.context() as busy:
        busy.setattr(chain, "receipts", lambda hashes: [None] * len(hashes))
        trips(sending_turn)
        later(5)
        trips(sending_turn)
    assert sending.run(turn=sending_turn) == 1
    call.refresh_from_db()
    assert (call.state, call.nonce, chain.nonce) == (State.CONFIRMED, 0, 1)


def test_a_used_nonce_is_not_given_up_before_it_is_deep(chain, sending_turn, settings, monkeypatch):
    monkeypatch.setattr(confirming, "DOUBT", timedelta(0))
    settings.CHAIN_CONFIRMATIONS = 3
    call = submit()
    signing.sign_queued(node=node.connect(), turn=sending_turn)
    chain.nonce = 1
    chain.mine()
    for _ in range(2):
        trips(sending_turn, 3)
        call.refresh_from_db()
        assert (call.state, call.nonce) == (State.SENT, 0)
        chain.mine()
    trips(sending_turn, 3)
    call.refresh_from_db()
    assert call.nonce == 1


def test_a_lost_row_in_the_line_does_not_hold_up_the_others(chain, sending_turn):
    for number in range(5):
        submit(number)
    signing.sign_queued(node=node.connect(), turn=sending_turn)
    lost = OutboundCall.objects.get(nonce=2)
    lost.attempts.all().delete()
    lost.delete()
    sending.run(turn=sending_turn)
    assert chain.nonce == 5
    gap = OutboundCall.objects.get(nonce=2)
    assert gap.reference == f"gap.{gap.lane}.2"
    assert set(OutboundCall.objects.values_list("state", flat=True)) == {State.CONFIRMED}


def test_a_lost_row_whose_bytes_are_mined_after_all_closes_its_gap_itself(
    chain, sending_turn, monkeypatch
):
    monkeypatch.setattr(confirming, "DOUBT", timedelta(0))
    for number in range(3):
        submit(number)
    signing.sign_queued(node=node.connect(), turn=sending_turn)
    lost = OutboundCall.objects.get(nonce=0)
    signed = raws(lost)
    lost.attempts.all().delete()
    lost.delete()
    chain.is_mining = False
    trips(sending_turn)
    chain.is_mining = True
    chain.pool.clear()
    chain.send(signed)
    sending.run(turn=sending_turn, for_s=0)
    OutboundCall.objects.update(sent_at=None)
    sending.run(turn=sending_turn)
    assert set(OutboundCall.objects.values_list("state", flat=True)) == {State.CONFIRMED}


def test_what_a_fork_took_off_the_chain_is_sent_again(chain, sending_turn):
    calls = [submit(number) for number in range(3)]
    sending.run(turn=sending_turn)
    chain.reorganise(2)
    late = submit(9)
    sending.run(turn=sending_turn)
    assert chain.nonce == 4
    assert set(OutboundCall.objects.values_list("state", flat=True)) == {State.CONFIRMED}
    assert all(call.attempts.count() == 1 for call in [*calls, late])


def test_a_fork_while_we_read_decides_nothing(chain, sending_turn, monkeypatch):
    call = submit()
    trips(sending_turn)

    def receipts(tx_hashes):
        monkeypatch.undo()
        monkeypatch.setattr("chain.node.connect", lambda: chain)
        chain.reorganise(1)
        return chain.receipts(tx_hashes)

    monkeypatch.setattr(chain, "receipts", receipts)
    trips(sending_turn)
    call.refresh_from_db()
    assert (call.state, call.nonce) == (State.SENT, 0)

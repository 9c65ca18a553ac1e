"""One lane, the same bytes, until the chain confirms."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chain import (
    confirming,
    contracts,
    gathering,
    identity,
    node,
    outbox,
    sending,
    signing,
    subscriptions,
)
from chain.domain.wire import Refusal, Why
from chain.errors import ChainReplaced, NodeDown, TurnTaken
from chain.models import Attempt, OutboundCall, OutboundItem
from chain.selectors import waiting_for
from chain.turns import HeldTurn
from tests.chain.conftest import TOMBSTONE
from tests.fakes import chain as fakes

State = OutboundCall.State
REGISTRY = "ConsentRegistry"
GWEI = 10**9


def item(function: str, number: int, *, nonce: int = 0) -> tuple:
    """Make an item of a batch function, in the contract's own order of fields."""
    facts = {"driver": "0x" + f"{number:040x}", "expiry": 2**40, "nonce": nonce, "signature": b"s"}
    abi = next(abi for abi in contracts.artifact(REGISTRY)["abi"] if abi.get("name") == function)
    return tuple(facts.get(part["name"], b"d" * 32) for part in abi["inputs"][0]["components"])


def submit_item(number: int, *, nonce: int = 0, function: str = "grant_batch") -> OutboundItem:
    return outbox.submit_item(
        contract=REGISTRY,
        batch_function=function,
        item=item(function, number, nonce=nonce),
        reference=f"consent.{number}",
    )


def submit(number: int = 1) -> OutboundCall:
    return outbox.submit(call=TOMBSTONE, reference=f"consent.{number}")


def trips(turn: HeldTurn, count: int = 1) -> None:
    for _ in range(count):
        sending.run(turn=turn, for_s=0)


def raws(call: OutboundCall) -> list[bytes]:
    return [bytes(attempt.raw) for attempt in call.attempts.order_by("id")]


def make_due() -> None:
    OutboundItem.objects.update(due_at=timezone.now() - timedelta(seconds=1))


@pytest.fixture
def later(monkeypatch):
    """Let time pass."""
    began_at, passed = timezone.now(), timedelta()

    def pass_by(seconds: float) -> None:
        nonlocal passed
        passed += timedelta(seconds=seconds)

    monkeypatch.setattr("django.utils.timezone.now", lambda: began_at + passed)
    return pass_by


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


def test_what_waits_long_pays_more_for_the_same_nonce(chain, sending_turn, later):
    chain.is_mining = False
    call = submit()
    trips(sending_turn, 2)
    later(31)
    trips(sending_turn, 2)
    first, second = call.attempts.order_by("id")
    assert (first.nonce, second.nonce) == (0, 0)
    assert second.most_wei >= first.most_wei * 1.125
    assert second.tip_wei >= first.tip_wei * 1.125
    assert chain.pool == {0: bytes(second.raw)}
    chain.is_mining = True
    chain.work()
    sending.run(turn=sending_turn)
    call.refresh_from_db()
    assert (call.state, call.tx_hash) == (State.CONFIRMED, second.tx_hash)


def test_the_receipt_of_an_older_attempt_confirms_too(chain, sending_turn, later):
    chain.is_mining = False
    call = submit()
    trips(sending_turn, 2)
    cheap = dict(chain.pool)
    later(31)
    trips(sending_turn, 2)
    chain.pool = cheap  # the miner had the first one
    chain.is_mining = True
    chain.work()
    sending.run(turn=sending_turn)
    call.refresh_from_db()
    assert (call.state, call.tx_hash) == (State.CONFIRMED, call.attempts.earliest("id").tx_hash)


def test_an_underpriced_replacement_is_raised_until_it_is_taken(chain, sending_turn):
    chain.objections = ["replacement transaction underpriced"] * 3
    call = submit()
    sending.run(turn=sending_turn)
    call.refresh_from_db()
    assert (call.state, call.attempts.count(), chain.nonce) == (State.CONFIRMED, 4, 1)


def test_a_risen_base_fee_is_followed(chain, sending_turn):
    submit()
    signing.sign_queued(node=node.connect(), turn=sending_turn)
    chain.base_fee_wei = 40 * GWEI
    assert sending.run(turn=sending_turn) == 1
    assert Attempt.objects.latest("id").most_wei == 81 * GWEI


def test_at_the_cap_it_waits_is_shown_and_leaves_when_the_fee_falls(
    chain, sending_turn, later, settings
):
    settings.CHAIN_MAX_FEE_GWEI = 10
    chain.base_fee_wei = 50 * GWEI
    call = submit()
    for _ in range(5):
        trips(sending_turn, 2)
        later(31)
    call.refresh_from_db()
    assert (call.state, call.waits_for) == (State.SENT, "fee")
    assert waiting_for() == {"fee": 1}
    assert Attempt.objects.latest("id").most_wei <= 10 * GWEI
    assert len(chain.handed_over) > 1
    chain.base_fee_wei = GWEI
    later(61)
    assert sending.run(turn=sending_turn) == 1
    assert waiting_for() == {}


def test_an_empty_account_is_shown_and_nothing_is_lost(chain, sending_turn, later):
    chain.objections = ["insufficient funds for gas * price + value: balance 0"] * 3
    call = submit()
    for _ in range(3):
        trips(sending_turn)
        later(8)
    assert waiting_for() == {"funds": 1}
    later(60)
    assert sending.run(turn=sending_turn) == 1
    call.refresh_from_db()
    assert (call.state, call.waits_for, call.reason) == (State.CONFIRMED, "", "")
    assert call.attempts.count() == 1


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
        submit_item(number)
    gathering.gather(turn=sending_turn, at=timezone.now())
    assert OutboundCall.objects.count() == 2  # full ones leave at once, the rest waits
    make_due()
    assert sending.run(turn=sending_turn) == 3
    assert set(OutboundItem.objects.values_list("state", flat=True)) == {"settled"}


def test_a_skipped_item_tries_again_and_then_fails_alone(chain, sending_turn, failures):
    chain.speak = fakes.grants
    good, bad = submit_item(1), submit_item(2, nonce=9)
    for _ in range(3):
        make_due()
        sending.run(turn=sending_turn)
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.state, bad.state) == ("settled", "failed")
    assert failures == [("consent.2", "wrong nonce")]


def test_a_refused_batch_fails_its_items(chain, sending_turn, failures):
    chain.refusals["grant_batch"] = "no"
    submit_item(1)
    make_due()
    sending.run(turn=sending_turn)
    assert failures == [("consent.1", "no")]


def test_a_batch_that_fits_into_no_block_is_parted_in_order(chain, sending_turn):
    chain.speak = fakes.grants
    chain.gas_limit = 1_000_000  # 16 items
    items = [submit_item(number) for number in range(40)]
    make_due()
    sending.run(turn=sending_turn)
    calls = OutboundCall.objects.order_by("nonce")
    assert [call.items.count() for call in calls] == [10, 10, 10, 10]
    travelled = [item.id for call in calls for item in call.items.order_by("position")]
    assert travelled == [item.id for item in items]
    assert set(OutboundItem.objects.values_list("state", flat=True)) == {"settled"}


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


def test_a_revocation_leaves_before_grants_that_were_there_first(chain, sending_turn):
    for number in range(150):
        submit_item(number)
    gathering.gather(turn=sending_turn, at=timezone.now())
    submit_item(500, function="revoke_batch")
    make_due()
    gathering.gather(turn=sending_turn, at=timezone.now())
    signing.sign_queued(node=node.connect(), turn=sending_turn)
    in_order = OutboundCall.objects.order_by("nonce").values_list("function", flat=True)
    assert list(in_order) == ["revoke_batch", "grant_batch", "grant_batch"]


def test_an_item_that_overtook_another_is_tried_until_that_one_has_arrived(
    chain, sending_turn, failures
):
    chain.speak = fakes.grants
    older = submit_item(1)
    OutboundItem.objects.update(due_at=timezone.now() + timedelta(days=1))
    quick = submit_item(2, nonce=9)
    call = outbox.submit(call=TOMBSTONE, reference="test.1")
    for _ in range(5):
        OutboundItem.objects.filter(id=quick.id).update(due_at=timezone.now())
        gathering._make_call(
            REGISTRY, "grant_batch", list(OutboundItem.objects.filter(id=quick.id))
        )
        sending.run(turn=sending_turn)
    quick.refresh_from_db()
    assert (older.state, quick.state, quick.attempts, failures) == ("waiting", "waiting", 0, [])
    assert call.state == State.QUEUED


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

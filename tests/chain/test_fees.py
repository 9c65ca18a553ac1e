"""What waits pays more for the same nonce, up to the cap, and nothing of it is lost."""

from chain import node, sending, signing
from chain.models import Attempt, OutboundCall
from chain.selectors import waiting_for
from tests.chain.wishes import submit, trips

State = OutboundCall.State
GWEI = 10**9


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

"""The lane against a real node that mines when it is told to: fees, drops, thieves, gaps, forks."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from chain import confirming, deploying, node, outbox, reading, sending, signing, turns
from chain.domain.calls import ContractCall
from chain.models import OutboundCall
from stack.rpc import call as rpc
from tests.chain.conftest import TOMBSTONE
from tests.worlds import nodes

pytestmark = [pytest.mark.worlds]

State = OutboundCall.State
GWEI = 10**9


@pytest.fixture
def still_chain(tmp_path_factory, settings, transactional_db):
    """A node with our contracts that mines no block by itself; the address of its JSON-RPC."""
    places = nodes.places_at(tmp_path_factory.mktemp("still"))
    with nodes.running(places, nodes.node(places, "anvil")):
        settings.CHAIN_RPC_URL, settings.CHAIN_ID = places.chain_url, 31337
        deploying.deploy(builder_key=None)
        rpc(places.chain_url, "evm_setAutomine", False)  # noqa: FBT003 - the node's own order
        yield places.chain_url


def submit(number: int = 1) -> OutboundCall:
    return outbox.submit(call=TOMBSTONE, reference=f"test.{number}")


def trips(count: int = 2) -> None:
    for _ in range(count):
        with turns.take("sending") as turn:
            sending.run(turn=turn, for_s=0)


def mine(chain: str) -> None:
    rpc(chain, "evm_mine")
    trips()


def time_passes(seconds: int) -> None:
    OutboundCall.objects.update(sent_at=F("sent_at") - timedelta(seconds=seconds))


def erased(chain: str) -> int:
    address = reading.address_of("ConsentRegistry")
    return len(rpc(chain, "eth_getLogs", {"address": address, "fromBlock": "0x0"}))


def state_of(call: OutboundCall) -> str:
    call.refresh_from_db()
    return call.state


def test_a_stuck_call_pays_more_and_is_mined(still_chain, settings):
    settings.CHAIN_BUMP_AFTER_S = 0
    settings.CHAIN_MAX_FEE_GWEI = 4
    call = submit()
    trips(1)
    rpc(still_chain, "anvil_setNextBlockBaseFeePerGas", hex(20 * GWEI))
    mine(still_chain)
    trips()
    assert state_of(call) == State.SENT
    assert call.waits_for == "fee"
    cheap = call.attempts.count()
    settings.CHAIN_MAX_FEE_GWEI = 200
    trips()
    mine(still_chain)
    assert state_of(call) == State.CONFIRMED
    assert (call.attempts.count(), call.waits_for, erased(still_chain)) == (cheap + 1, "", 1)


def test_a_price_that_the_node_does_not_even_take_is_raised(still_chain):
    call = submit()
    with turns.take("sending") as turn:
        signing.sign_queued(node=node.connect(), turn=turn)
    rpc(still_chain, "anvil_setNextBlockBaseFeePerGas", hex(20 * GWEI))
    rpc(still_chain, "evm_mine")
    trips(3)
    mine(still_chain)
    assert state_of(call) == State.CONFIRMED
    assert erased(still_chain) == 1


def test_a_dropped_call_is_sent_again(still_chain):
    call = submit()
    trips()
    call.refresh_from_db()
    rpc(still_chain, "anvil_dropTransaction", call.tx_hash)
    mine(still_chain)
    assert state_of(call) == State.SENT
    time_passes(10)
    trips()
    mine(still_chain)
    assert state_of(call) == State.CONFIRMED
    assert (call.attempts.count(), erased(still_chain)) == (1, 1)


@pytest.mark.parametrize("confirmations", [1, 3])
def test_a_nonce_that_something_else_used_is_replaced_once(
    still_chain, settings, monkeypatch, confirmations
):
    monkeypatch.setattr(confirming, "DOUBT", timedelta(0))
    settings.CHAIN_CONFIRMATIONS = confirmations
    call = submit()
    trips()
    call.refresh_from_db()
    account, nonce = signing.sender(), call.nonce or 0
    fields: dict[str, Any] = {
        "type": 2,
        "chainId": 31337,
        "nonce": nonce,
        "gas": 21_000,
        "to": account.address,
    }
    prices = {"maxFeePerGas": 90 * GWEI, "maxPriorityFeePerGas": 9 * GWEI}
    foreign = account.sign_transaction(
        fields | prices | {"to": account.address, "value": 0}
    ).raw_transaction
    assert node.connect().send([bytes(foreign)]) == [""]
    for _ in range(confirmations):
        assert state_of(call) == State.SENT
        mine(still_chain)
    for _ in range(confirmations):
        mine(still_chain)
    assert state_of(call) == State.CONFIRMED
    assert (call.nonce, erased(still_chain)) == (nonce + 1, 1)


def test_a_lost_row_holds_up_nobody(still_chain):
    calls = [submit(number) for number in range(3)]
    with turns.take("sending") as turn:
        signing.sign_queued(node=node.connect(), turn=turn)
    calls[1].attempts.all().delete()
    calls[1].delete()
    trips(3)
    mine(still_chain)
    assert [state_of(calls[0]), state_of(calls[2])] == [State.CONFIRMED] * 2
    assert OutboundCall.objects.get(reference__startswith="gap.").state == State.CONFIRMED
    assert erased(still_chain) == 2


def test_a_fork_before_the_confirmation_is_survived(still_chain, settings):
    settings.CHAIN_CONFIRMATIONS = 3
    calls = [submit(number) for number in range(3)]
    trips()
    mine(still_chain)
    rpc(still_chain, "anvil_reorg", 1, [])
    rpc(still_chain, "anvil_dropAllTransactions")
    time_passes(10)
    trips()
    for _ in range(3):
        mine(still_chain)
    assert [state_of(call) for call in calls] == [State.CONFIRMED] * 3
    assert erased(still_chain) == 3


def test_a_fork_after_the_confirmation_is_survived(still_chain):
    calls = [submit(number) for number in range(2)]
    trips()
    mine(still_chain)
    assert [state_of(call) for call in calls] == [State.CONFIRMED] * 2
    rpc(still_chain, "anvil_reorg", 1, [])
    rpc(still_chain, "anvil_dropAllTransactions")
    late = submit(9)
    trips(3)
    mine(still_chain)
    assert [state_of(call) for call in [*calls, late]] == [State.CONFIRMED] * 3
    assert erased(still_chain) == 3


def test_an_empty_account_loses_nothing(still_chain):
    rpc(still_chain, "anvil_setBalance", signing.sender().address, "0x0")
    call = submit()
    trips()
    assert state_of(call) == State.SENT
    assert call.waits_for == "funds"
    rpc(still_chain, "anvil_setBalance", signing.sender().address, hex(10**18))
    time_passes(10)
    trips()
    mine(still_chain)
    assert state_of(call) == State.CONFIRMED


def test_what_fits_into_no_block_fails_clearly(still_chain):
    many = ContractCall("ConsentRegistry", "tombstone", ([bytes([n]) * 32 for n in range(1, 90)],))
    rpc(still_chain, "evm_setBlockGasLimit", hex(100_000))
    rpc(still_chain, "evm_mine")
    call = outbox.submit(call=many, reference="test.1")
    trips()
    assert state_of(call) == State.FAILED
    assert call.nonce is None
    assert "gas" in call.reason

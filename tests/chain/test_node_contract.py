"""The chain in memory and a real node answer alike."""

import pytest

from chain import contracts, deployed, indexing, node, outbox, sending, signing, turns
from chain.domain.calls import ContractCall
from chain.domain.wire import Refusal, Wish
from chain.errors import CallRefused
from chain.models import OutboundCall
from tests.chain.conftest import TOMBSTONE

CLAIM_TO_NOBODY = ContractCall(
    "ReleaseMarket", "claim", ("0x" + "11" * 20, "0x" + "00" * 20, [], 0, b"")
)


class _Contract:
    def test_there_is_no_block_above_the_head(self, world):
        head = world.block()
        assert world.block(head.number) == head
        assert world.block(head.number + 1) is None
        assert world.blocks([head.number, head.number + 9]) == [head, None]

    def test_an_unknown_transaction_has_no_receipt(self, world):
        assert world.receipts(["0x" + "00" * 32]) == [None]
        assert world.receipts([]) == []

    def test_an_estimate_is_gas_or_a_refusal(self, world):
        sender = signing.sender().address
        good = Wish(deployed.address_of("ConsentRegistry"), contracts.calldata(TOMBSTONE))
        bad = Wish(deployed.address_of("ReleaseMarket"), contracts.calldata(CLAIM_TO_NOBODY))
        gas, refusal = world.estimates(sender, [good, bad])
        assert isinstance(gas, int)
        assert refusal == Refusal("market: no recipient")

    def test_a_refused_view_gives_the_contracts_text(self, world):
        to = deployed.address_of("ReleaseMarket")
        with pytest.raises(CallRefused) as refused:
            world.call(to, contracts.calldata(CLAIM_TO_NOBODY))
        assert refused.value.facts == {"reason": "market: no recipient"}

    def test_a_used_nonce_is_objected_to(self, world):
        outbox.submit(call=TOMBSTONE, reference="test.1")
        with turns.take("sending") as turn:
            sending.run(turn=turn)
        call = OutboundCall.objects.get(reference="test.1")
        assert call.nonce is not None
        assert world.next_nonce(call.lane) == call.nonce + 1
        (objection,) = world.send([bytes(call.attempts.get().raw)])
        assert "nonce too low" in objection or "already" in objection

    def test_a_mined_call_has_a_receipt_and_its_logs(self, world):
        outbox.submit(call=TOMBSTONE, reference="test.1")
        with turns.take("sending") as turn:
            sending.run(turn=turn)
        call = OutboundCall.objects.get(reference="test.1")
        (receipt,) = world.receipts([call.tx_hash])
        assert receipt.is_success
        number = receipt.block_number
        logs = world.span([deployed.address_of("ConsentRegistry")], number, number).logs
        assert list(receipt.logs) == logs
        assert logs[0].block_hash == world.block(number).hash
        with turns.take("indexing") as turn:
            assert indexing.run(turn=turn) >= 1


class TestChainInMemory(_Contract):
    @pytest.fixture
    def world(self, chain, db):  # noqa: ARG002 - asks for the database
        chain.refusals["claim"] = "market: no recipient"
        chain.speak = lambda _contract, _function, args: [("Erased", {"digest": args[0][0]})]
        return chain


@pytest.mark.worlds
class TestRealNode(_Contract):
    @pytest.fixture
    def world(self, real_chain):  # noqa: ARG002 - starts the node
        return node.connect()

"""A proof of erasure holds when the chain carries its tombstones."""

from types import SimpleNamespace

import pytest

from odometer import erasing
from odometer.chain import ERASED
from odometer.errors import Untrusted
from odometer.rpc import Logged, Rpc
from tests.sdk.world import REGISTRY, SaidChain

UPLOAD = "6f1c2a34-0000-4000-8000-0000000000aa"


@pytest.fixture
def chain():
    said = SaidChain()
    logged = [Logged({"digest": erasing.tombstone(UPLOAD)}, 12, "0x00")]
    said.rpc = SimpleNamespace(events=lambda *_: iter(logged))  # type: ignore[assignment]
    return said


def _proof(*uploads, **changed):
    rows = [{"digest": "0x" + erasing.tombstone(one).hex(), "cid": ""} for one in uploads]
    return {"chain_id": 31337, "contract": REGISTRY, "uploads": rows, **changed}


def test_a_proof_names_its_uploads_and_the_block_that_says_so(chain):
    assert erasing.verify(_proof(UPLOAD), chain, [UPLOAD]) == erasing.Erased(1, 12)


def test_a_tombstone_that_is_not_on_the_chain_proves_nothing(chain):
    with pytest.raises(Untrusted, match="no tombstone"):
        erasing.verify(_proof(UPLOAD, "another"), chain)


def test_a_proof_that_leaves_an_own_upload_out_does_not_hold(chain):
    with pytest.raises(Untrusted, match="leaves an upload out"):
        erasing.verify(_proof(), chain, [UPLOAD])


@pytest.mark.parametrize("changed", [{"chain_id": 1}, {"contract": "0x" + "77" * 20}])
def test_a_proof_about_another_contract_proves_nothing(chain, changed):
    with pytest.raises(Untrusted, match="another contract"):
        erasing.verify(_proof(UPLOAD, **changed), chain)


VEHICLE = "7b7e3f9e-0000-4000-8000-0000000000bb"


class Node(Rpc):
    """A node with receipts, asked for nothing else unless a test says so."""

    def __init__(self, *, chain_id=31337, code="0x60", receipts=None, events=()):
        super().__init__("http://node.test")
        self.said = {"eth_chainId": hex(chain_id), "eth_getCode": code}
        self.receipts = receipts or {}
        self.logged = list(events)
        self.scans = 0

    def ask(self, method, *parameters):
        if method == "eth_getTransactionReceipt":
            return self.receipts.get(parameters[0])
        return self.said[method]

    def events(self, *_of, **_from):
        self.scans += 1
        return iter(self.logged)


def _receipt(block, *erased, contract=REGISTRY, topic=ERASED.topic):
    logs = [
        {
            "address": contract,
            "topics": [topic, "0x" + erasing.tombstone(one).hex()],
            "data": "0x",
            "blockNumber": hex(block),
        }
        for one in erased
    ]
    return {"logs": logs}


def _whole(*uploads):
    whole = {"kind": "vehicle", "digest": "0x" + erasing.tombstone(VEHICLE).hex()}
    places = [{"tx_hash": "0x01"}, {"tx_hash": "0x02"}]
    return _proof(*uploads, transactions=places, whole={**whole, "tx_hash": "0x01"})


def test_a_node_alone_is_asked_for_the_named_transactions():
    receipts = {"0x01": _receipt(7, VEHICLE, UPLOAD), "0x02": _receipt(9, "another")}
    node = Node(receipts=receipts)
    proved = erasing.verify_alone(_whole(UPLOAD, "another"), node, [UPLOAD], contract=REGISTRY)
    assert proved == erasing.Erased(2, 9, "vehicle")
    assert node.scans == 0


def test_a_whole_without_a_tombstone_of_its_own_proves_nothing():
    node = Node(receipts={"0x01": _receipt(7, UPLOAD)})
    with pytest.raises(Untrusted, match="no tombstone"):
        erasing.verify_alone(_whole(UPLOAD), node)


def test_what_a_fork_put_elsewhere_is_looked_for_in_all_blocks():
    logged = [Logged({"digest": erasing.tombstone(one)}, 12, "0x09") for one in (VEHICLE, UPLOAD)]
    node = Node(events=logged)
    assert erasing.verify_alone(_whole(UPLOAD), node) == erasing.Erased(1, 12, "vehicle")
    assert node.scans == 1


@pytest.mark.parametrize("lie", [{"contract": "0x" + "77" * 20}, {"topic": "0x" + "00" * 32}])
def test_logs_of_others_prove_nothing(lie):
    node = Node(receipts={"0x01": _receipt(7, VEHICLE, UPLOAD, **lie)})
    with pytest.raises(Untrusted, match="no tombstone"):
        erasing.verify_alone(_whole(UPLOAD), node)


@pytest.mark.parametrize(
    ("node", "contract", "why"),
    [
        (Node(chain_id=1), "", "another chain"),
        (Node(code="0x"), "", "no contract"),
        (Node(), "0x" + "77" * 20, "another contract"),
    ],
)
def test_it_says_where_it_was_looked_for_in_vain(node, contract, why):
    with pytest.raises(Untrusted, match=why):
        erasing.verify_alone(_whole(UPLOAD), node, contract=contract)

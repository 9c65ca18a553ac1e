"""Calls to bytes and logs to records, without a network."""

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from chain import contracts
from chain.domain.calls import ContractCall
from chain.errors import BadCall, NodeDown

DRIVER = "0x" + "11" * 20


def test_it_encodes_a_call_by_names():
    data = contracts.calldata(ContractCall("ConsentRegistry", "revoke", (b"d" * 32,)))
    assert data == keccak(text="revoke(bytes32)")[:4] + b"d" * 32


def test_it_encodes_a_deployment_with_its_arguments():
    data = contracts.calldata(ContractCall("ReleaseMarket", "__init__", (DRIVER,)))
    assert data.endswith(bytes(12) + bytes.fromhex("11" * 20))


@pytest.mark.parametrize(
    "call",
    [
        ContractCall("ConsentRegistry", "revoke", ()),
        ContractCall("ConsentRegistry", "revoke", ("no bytes",)),
        ContractCall("ConsentRegistry", "no_such_function", ()),
    ],
)
def test_it_refuses_a_call_that_does_not_fit(call):
    with pytest.raises(BadCall) as refused:
        contracts.calldata(call)
    assert refused.value.facts == {"contract": "ConsentRegistry", "function": call.function}


def test_a_view_with_one_output_gives_it_bare():
    call = ContractCall("ConsentRegistry", "are_active", ([(DRIVER, b"d" * 32)],))
    assert contracts.outputs(call, encode(["bool[]"], [[True]])) == [True]


def test_a_view_with_many_outputs_gives_a_tuple_with_checksum_addresses():
    call = ContractCall("ReleaseMarket", "dataset_of", (b"d" * 32,))
    data = encode(["address", "uint16", "uint64", "uint64"], ["0x" + "ab" * 20, 1, 2, 3])
    assert contracts.outputs(call, data) == ("0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB", 1, 2, 3)


def test_an_answer_that_is_none_is_the_nodes_fault():
    with pytest.raises(NodeDown):
        contracts.outputs(ContractCall("ConsentRegistry", "nonces"), b"")


def test_an_item_comes_back_as_it_was_kept():
    item = (DRIVER, b"d" * 32, b"t" * 32, 5, 6, b"r" * 32, b"v" * 32)
    kept = contracts.item_bytes("ConsentRegistry", "grant_batch", item)
    values = contracts.item_values("ConsentRegistry", "grant_batch", kept)
    assert tuple(values.values()) == item
    assert list(values) == ["driver", "dataset", "terms", "expiry", "nonce", "r", "vs"]


def test_it_refuses_an_item_that_does_not_fit():
    with pytest.raises(BadCall):
        contracts.item_bytes("ConsentRegistry", "grant_batch", (DRIVER,))


def test_a_log_of_an_unknown_event_is_passed_over():
    assert contracts.event("ConsentRegistry", [b"\x00" * 32], b"") is None
    assert contracts.event("ConsentRegistry", [], b"") is None


def test_arguments_survive_being_kept_as_json():
    heard = {"driver": DRIVER, "dataset": b"d" * 32, "nonce": 2**63}
    kept = contracts.kept_args(heard)
    assert kept["dataset"] == "0x" + "64" * 32
    assert contracts.heard_args("ConsentRegistry", "Revoked", kept) == heard

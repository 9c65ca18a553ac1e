"""Reading events from raw logs."""

from eth_abi.abi import encode

from odometer.chain import BOUGHT, GRANTED
from protocol.hashing import keccak256

DRIVER = "0x" + "ab" * 20


def _topic(kind, value):
    return "0x" + encode([kind], [value]).hex()


def test_the_topic_is_the_hash_of_the_signature():
    signature = b"Granted(address,bytes32,bytes32,uint64,uint64)"
    assert GRANTED.topic == "0x" + keccak256(signature).hex()


def test_indexed_and_plain_values_are_read_in_their_places():
    dataset, terms = b"\1" * 32, b"\2" * 32
    log = {
        "topics": [GRANTED.topic, _topic("address", DRIVER), _topic("bytes32", dataset)],
        "data": "0x" + encode(["bytes32", "uint64", "uint64"], [terms, 1_800_000_000, 3]).hex(),
    }
    assert GRANTED.read(log) == {
        "driver": DRIVER,
        "dataset": dataset,
        "terms": terms,
        "expiry": 1_800_000_000,
        "nonce": 3,
    }


def test_the_shape_of_a_sale_is_the_contracts():
    signature = b"Bought(bytes32,address,address,uint256,uint256)"
    assert BOUGHT.topic == "0x" + keccak256(signature).hex()

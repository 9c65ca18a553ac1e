"""Words are read as the general decoder reads them."""

import pytest
from eth_abi.abi import decode, encode
from eth_utils.address import to_checksum_address
from hypothesis import given
from hypothesis import strategies as st

from chain.domain import words
from chain.errors import NodeDown

KINDS = ["address", "bytes32", "bool", "uint8", "uint64", "uint128", "uint256"]


def a_value(kind):
    if kind == "address":
        return st.binary(min_size=20, max_size=20).map(to_checksum_address)
    if kind == "bytes32":
        return st.binary(min_size=32, max_size=32)
    if kind == "bool":
        return st.booleans()
    return st.integers(0, 2 ** int(kind[4:]) - 1)


@given(st.data())
def test_they_come_back_as_they_were(data):
    kinds = data.draw(st.lists(st.sampled_from(KINDS), max_size=5))
    values = [data.draw(a_value(kind)) for kind in kinds]
    encoded = encode(kinds, values)
    assert words.values(kinds, encoded) == values
    general = decode(kinds, encoded)
    assert [value.lower() if isinstance(value, str) else value for value in values] == list(general)


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("address", b"\x01" + bytes(31)),
        ("uint64", b"\x01" + bytes(31)),
        ("bool", bytes(31) + b"\x02"),
        ("uint64", bytes(31)),
        ("uint64", bytes(64)),
    ],
)
def test_it_refuses_bytes_of_another_type(kind, word):
    with pytest.raises(NodeDown):
        words.values([kind], word)


def test_texts_and_lists_are_no_words():
    assert words.are_words(KINDS)
    for kind in ("string", "bytes", "uint64[]", "(uint64,bool)", "bytes4", "int256"):
        assert not words.are_words([kind])

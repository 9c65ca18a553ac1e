import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import ids
from protocol.errors import ProtocolError
from tests.protocol import vectors


@pytest.mark.parametrize("case", vectors.read("ids"), ids=lambda case: case["uuid"])
def test_an_id_has_the_on_chain_form_of_the_vectors(case):
    assert ids.to_bytes32(case["uuid"]).hex() == case["bytes32"]


@given(st.uuids())
def test_an_id_comes_back_from_the_chain(identifier):
    assert ids.from_bytes32(ids.to_bytes32(identifier)) == identifier


@pytest.mark.parametrize("value", [b"", bytes(16), bytes(31) + b"\1", bytes(33)])
def test_it_refuses_words_that_are_no_id(value):
    with pytest.raises(ProtocolError) as refusal:
        ids.from_bytes32(value)

    assert refusal.value.code == "bad_id"


def test_it_refuses_text_that_is_no_id():
    with pytest.raises(ProtocolError):
        ids.to_bytes32(f"{uuid.NAMESPACE_DNS}0")

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import canonical
from protocol.errors import ProtocolError
from tests.protocol import vectors

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.mark.parametrize("case", vectors.read("canonical")["good"], ids=lambda case: case["json"])
def test_a_value_has_the_one_spelling_of_the_vectors(case):
    data = canonical.encode(json.loads(case["json"]))

    assert data.hex() == case["hex"]
    assert canonical.encode(canonical.decode(data)) == data


@pytest.mark.parametrize("text", vectors.read("canonical")["bad_hex"])
def test_it_refuses_bytes_it_would_not_have_written(text):
    with pytest.raises(ProtocolError) as refusal:
        canonical.decode(bytes.fromhex(text))

    assert refusal.value.code == "not_canonical"


@pytest.mark.parametrize(
    "value", [0.5, {"rho": 1.0}, [float("nan")], {1: "a"}, b"a", {"a"}, "\ud800"]
)
def test_it_refuses_values_without_one_spelling(value):
    with pytest.raises(ProtocolError) as refusal:
        canonical.encode(value)

    assert refusal.value.code == "not_canonical"


def test_it_names_the_place_of_a_float():
    with pytest.raises(ProtocolError) as refusal:
        canonical.encode({"payout": {"bps": [1, 0.5]}})

    assert refusal.value.pointer == "/payout/bps/1"


def test_it_refuses_two_keys_that_become_one():
    with pytest.raises(ProtocolError, match="two keys"):
        canonical.encode({"caf\u00e9": 1, "cafe\u0301": 2})


@given(json_values)
def test_what_was_written_is_read_back_the_same(value):
    try:
        data = canonical.encode(value)
    except ProtocolError:
        return
    assert canonical.encode(canonical.decode(data)) == data


@given(st.dictionaries(st.text(st.characters(codec="ascii")), st.integers()))
def test_the_order_of_keys_does_not_matter(members):
    backwards = dict(reversed(list(members.items())))

    assert canonical.encode(members) == canonical.encode(backwards)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (2.0, "2"),
        (-0.0, "0"),
        (1e21, "1" + "0" * 21),
        (1.50, "1.5"),
    ],
)
def test_a_float_is_written_as_plain_decimal_text(number, text):
    assert canonical.decimal_text(number) == text


def test_infinity_has_no_decimal_text():
    with pytest.raises(ProtocolError):
        canonical.decimal_text(float("inf"))

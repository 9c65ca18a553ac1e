import pytest

from protocol import terms
from protocol.errors import ProtocolError
from tests.protocol import vectors

VECTORS = vectors.read("terms")


def test_terms_have_the_digest_of_the_vectors():
    assert terms.terms_digest(VECTORS["terms"]).hex() == VECTORS["digest"]


@pytest.mark.parametrize("field", sorted(VECTORS["terms"]))
def test_every_field_of_the_terms_counts(field):
    changed = {**VECTORS["terms"], field: "changed"}

    assert terms.terms_digest(changed).hex() != VECTORS["digest"]


def test_it_refuses_terms_with_a_float():
    with pytest.raises(ProtocolError) as refusal:
        terms.terms_digest({**VECTORS["terms"], "rho_micro_max": 0.2})

    assert refusal.value.code == "not_canonical"

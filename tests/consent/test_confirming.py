"""The chain decides which consents stand at a block, and under which terms."""

import pytest

from chain import reading
from consent import confirming
from consent.models import Consent

pytestmark = pytest.mark.django_db


@pytest.fixture
def answers(monkeypatch):
    """What the registry contract answers, by the function that is asked."""
    told: dict[str, list[int]] = {}
    asked: list[tuple[str, int | None]] = []

    def view(call, *, block=None):
        asked.append((call.function, block))
        return told[call.function][: len(call.args[0])]

    monkeypatch.setattr(reading, "view", view)
    told["asked"] = asked  # type: ignore[assignment]
    return told


def word(consent: Consent) -> int:
    return (1 << 192) | (1 << 128) | (int(consent.terms_digest, 16) >> 128)


def test_a_consent_that_stands_under_our_terms_is_confirmed(signed, offer, answers):
    answers |= {"are_active": [True], "words_of": [word(signed)]}
    found = confirming.confirmed(consents=[signed], dataset_id=offer.dataset_id, block=9)
    assert found == [signed]
    assert {block for _, block in answers["asked"]} == {9}


def test_a_consent_that_the_chain_does_not_know_is_left_out(signed, offer, answers):
    answers |= {"are_active": [False], "words_of": [word(signed)]}
    assert not confirming.confirmed(consents=[signed], dataset_id=offer.dataset_id, block=9)


def test_a_consent_to_other_terms_is_left_out(signed, offer, answers):
    answers |= {"are_active": [True], "words_of": [word(signed) ^ 1]}
    assert not confirming.confirmed(consents=[signed], dataset_id=offer.dataset_id, block=9)


def test_it_asks_in_parts_that_the_contract_can_answer(signed, offer, answers):
    answers |= {"are_active": [True] * 500, "words_of": [word(signed)] * 500}
    found = confirming.confirmed(consents=[signed] * 501, dataset_id=offer.dataset_id, block=9)
    assert len(found) == 501
    assert len(answers["asked"]) == 4

"""What is chosen, agreed and signed."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from consent.domain import terms
from consent.errors import AddressMalformed, SignalGroupsWrong, TermsUnfair
from protocol import typed_data
from protocol.terms import Terms, terms_digest

KEY = b"\x07" * 32
REGISTRY = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
OFFER = UUID("11111111-1111-4111-8111-111111111111")
DATASET = UUID("22222222-2222-4222-8222-222222222222")


def agreed(**changes: Any) -> Terms:
    facts: dict[str, Any] = {
        "offer_id": OFFER,
        "dataset_id": DATASET,
        "purposes": ["dpv:ScientificResearch"],
        "signal_groups": ["climate", "charging"],
        "recipient_class": "accredited_company",
        "expires_at": datetime(2027, 5, 31, tzinfo=UTC),
        "rho_micro_max": 24_360,
        "contributors_bps": 8_800,
        "builder_key_sha256": "ab" * 32,
    }
    return terms.terms_of(**{**facts, **changes})


def words(address: str) -> terms.Signable:
    return terms.signable(
        chain_id=31337,
        registry=REGISTRY,
        driver=address,
        dataset_id=DATASET,
        digest=terms_digest(agreed()),
        expiry=agreed()["expires_at"],
        nonce=3,
    )


def test_it_takes_the_needed_groups_and_any_of_the_optional_ones():
    chosen = terms.chosen(needed=["charging"], optional=["climate"], asked=["climate", "charging"])
    assert chosen == ["charging", "climate"]


@pytest.mark.parametrize("asked", [[], ["climate"], ["charging", "trips"]])
def test_it_refuses_a_choice_that_does_not_fit_and_says_what_would(asked):
    with pytest.raises(SignalGroupsWrong) as refusal:
        terms.chosen(needed=["charging"], optional=["climate"], asked=asked)
    assert refusal.value.suggestion == {"signal_groups": ["charging"]}


def test_the_digest_covers_both_languages():
    other = agreed()
    other["text"]["zh-Hans"] += " "
    assert terms_digest(other) != terms_digest(agreed())


def test_the_sentence_names_purpose_signals_recipient_and_end_in_both_languages():
    text = agreed()["text"]
    assert "2027-05-31 00:00 UTC" in text["en"]
    assert "charging, climate control" in text["en"]
    assert "科学研究" in text["zh-Hans"]
    assert "充电、空调" in text["zh-Hans"]


def test_the_revocation_carries_the_next_nonce():
    signable = words(typed_data.address_of(KEY))
    assert signable.grant["message"]["nonce"] == 3
    assert signable.revoke["message"]["nonce"] == 4


def test_it_knows_the_signature_of_the_key_and_no_other():
    address = typed_data.address_of(KEY)
    grant = words(address).grant
    assert terms.is_signed_by(address, grant, typed_data.sign(KEY, grant))
    assert not terms.is_signed_by(address, grant, typed_data.sign(b"\x08" * 32, grant))
    assert not terms.is_signed_by(address, grant, "0x00")


@pytest.mark.parametrize(
    "address", ["", "0x12", typed_data.address_of(KEY).lower(), "0x" + "g" * 40]
)
def test_it_refuses_an_address_without_its_checksum(address):
    with pytest.raises(AddressMalformed):
        words(address)


@pytest.mark.parametrize(
    "change",
    [
        {"needed": []},
        {"purposes": []},
        {"lasts": timedelta(days=367)},
        {"lasts": timedelta(0)},
        {"contributors_bps": 8_499},
        {"contributors_bps": 10_001},
    ],
)
def test_it_refuses_an_unfair_offer(change):
    fair: dict[str, Any] = {
        "needed": ["charging"],
        "purposes": ["dpv:ScientificResearch"],
        "lasts": timedelta(days=366),
        "contributors_bps": 8_500,
    }
    terms.check_fair(**fair)
    with pytest.raises(TermsUnfair):
        terms.check_fair(**{**fair, **change})

"""The rules of renewing: until when, and what is signed."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from consent.domain import renewal
from protocol import typed_data

NOW = datetime(2026, 11, 22, 23, 59, 30, tzinfo=UTC)
DATASET = UUID("22222222-2222-4222-8222-222222222222")
REGISTRY = "0x5FbDB2315678afecb367f032d93F642f64180aa3"


def test_the_latest_end_is_the_start_of_a_day_within_twelve_months():
    assert renewal.latest_end(NOW) == datetime(2027, 11, 22, tzinfo=UTC)
    assert renewal.latest_end(NOW) - NOW <= timedelta(days=365)


def test_two_tabs_of_one_day_are_given_the_same_end():
    assert renewal.latest_end(NOW) == renewal.latest_end(NOW.replace(hour=0, minute=1))


@pytest.mark.parametrize(
    ("ends_in", "is_possible"),
    [
        (timedelta(0), False),
        (timedelta(seconds=1), True),
        (timedelta(days=363), True),
        (timedelta(days=365), False),
    ],
)
def test_only_a_consent_that_stands_and_would_last_longer_can_be_renewed(ends_in, is_possible):
    assert renewal.is_possible(NOW + ends_in, NOW) is is_possible


def test_the_new_revocation_has_the_nonce_after_the_renewal():
    address = typed_data.address_of(b"\x07" * 32)
    words = renewal.words(
        chain_id=31337,
        registry=REGISTRY,
        driver=address,
        dataset_id=DATASET,
        expiry=1_900_000_000,
        nonce=4,
    )
    assert words.renew["primaryType"] == "Renew"
    assert (words.renew["message"]["nonce"], words.revoke["message"]["nonce"]) == (4, 5)
    assert "terms" not in words.renew["message"]


def test_the_sentence_says_the_new_end_and_nothing_else_changes():
    agreed = {
        "purposes": ["dpv:ScientificResearch"],
        "signal_groups": ["charging"],
        "recipient_class": "accredited_company",
    }
    before = renewal.sentence(agreed, NOW)
    after = renewal.sentence(agreed, NOW + timedelta(days=300))
    assert "2027-09-18" in after["en"]
    assert after["en"].split(",", 1)[1] == before["en"].split(",", 1)[1]
    assert "2027-09-18" in after["zh-Hans"]

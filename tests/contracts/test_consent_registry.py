"""The consent registry: success, then each refusal by its text."""

import secrets

import boa
import pytest

from protocol import typed_data
from tests.contracts.conftest import YEAR_S, Key, chain_id, high_s, new_key, now

TERMS = bytes.fromhex("ab" * 32)

CONTRACT_ACCOUNT = """
# pragma version ==0.4.3
answer: public(bytes4)

@deploy
def __init__(answer: bytes4):
    self.answer = answer

@external
@view
def isValidSignature(digest: bytes32, signature: Bytes[65]) -> bytes32:
    return convert(self.answer, bytes32)
"""


def domain(registry):
    return typed_data.consent_domain(chain_id(), registry.address)


def grant_item(registry, key: Key, dataset: bytes, *, nonce=0, expiry=None, signer=None):
    expiry = expiry or now() + YEAR_S
    typed = typed_data.grant(
        domain(registry),
        driver=key.address,
        dataset=dataset,
        terms=TERMS,
        expiry=expiry,
        nonce=nonce,
    )
    return (key.address, dataset, TERMS, expiry, nonce, (signer or key).sign(typed))


def revoke_item(registry, key: Key, dataset: bytes, *, nonce=1, signer=None):
    typed = typed_data.revoke(domain(registry), driver=key.address, dataset=dataset, nonce=nonce)
    return (key.address, dataset, nonce, (signer or key).sign(typed))


def is_active(registry, key: Key, dataset: bytes) -> bool:
    return registry.are_active([key.address], dataset)[0]


def event_names(registry) -> list[str]:
    return [type(log).__name__ for log in registry.get_logs()]


def test_it_records_a_direct_grant_in_one_word(registry, driver, dataset):
    expiry = now() + YEAR_S
    with boa.env.prank(driver.address):
        registry.grant(dataset, TERMS, expiry)
    assert registry.consent_of(driver.address, dataset) == (expiry, 1, TERMS[:16])
    word = expiry << 192 | 1 << 128 | int.from_bytes(TERMS[:16])
    assert registry.words_of([driver.address], dataset) == [word]
    assert is_active(registry, driver, dataset)


def test_it_records_a_signed_grant_that_anyone_relays(registry, driver, relayer, dataset):
    with boa.env.prank(relayer.address):
        registry.grant_by_signature(*grant_item(registry, driver, dataset))
    (log,) = registry.get_logs()
    assert (log.driver, log.dataset, log.terms, log.nonce) == (driver.address, dataset, TERMS, 0)
    assert is_active(registry, driver, dataset)


def test_it_revokes_with_the_word_signed_at_grant_time(registry, driver, dataset):
    revocation = revoke_item(registry, driver, dataset)
    registry.grant_by_signature(*grant_item(registry, driver, dataset))
    registry.revoke_by_signature(*revocation)
    assert registry.consent_of(driver.address, dataset) == (0, 2, bytes(16))
    assert not is_active(registry, driver, dataset)


def test_it_revokes_directly_and_voids_a_grant_not_yet_relayed(registry, driver, dataset):
    grant = grant_item(registry, driver, dataset)
    with boa.env.prank(driver.address):
        registry.revoke(dataset)
    with boa.reverts("consent: wrong nonce"):
        registry.grant_by_signature(*grant)


def test_it_renews_a_consent(registry, driver, dataset):
    registry.grant_by_signature(*grant_item(registry, driver, dataset))
    later = now() + YEAR_S + 3_600
    registry.grant_by_signature(*grant_item(registry, driver, dataset, nonce=1, expiry=later))
    assert registry.consent_of(driver.address, dataset)[:2] == (later, 2)


def test_a_consent_ends_at_its_expiry(registry, driver, dataset):
    registry.grant_by_signature(*grant_item(registry, driver, dataset, expiry=now() + 100))
    boa.env.time_travel(seconds=99)
    assert is_active(registry, driver, dataset)
    boa.env.time_travel(seconds=1)
    assert not is_active(registry, driver, dataset)


def test_it_refuses_a_replayed_grant(registry, driver, dataset):
    item = grant_item(registry, driver, dataset)
    registry.grant_by_signature(*item)
    with boa.reverts("consent: wrong nonce"):
        registry.grant_by_signature(*item)


@pytest.mark.parametrize("seconds_ahead", [0, -1, 366 * 86_400 + 1])
def test_it_refuses_an_expiry_that_is_past_or_too_far(registry, driver, dataset, seconds_ahead):
    item = grant_item(registry, driver, dataset, expiry=now() + seconds_ahead)
    with boa.reverts("consent: wrong expiry"):
        registry.grant_by_signature(*item)
    with boa.env.prank(driver.address), boa.reverts("consent: wrong expiry"):
        registry.grant(dataset, TERMS, now() + seconds_ahead)


def test_it_refuses_a_signature_from_another_key(registry, driver, other_driver, dataset):
    item = grant_item(registry, driver, dataset, signer=other_driver)
    with boa.reverts("consent: wrong signature"):
        registry.grant_by_signature(*item)
    with boa.reverts("consent: wrong signature"):
        registry.revoke_by_signature(
            *revoke_item(registry, driver, dataset, nonce=0, signer=other_driver)
        )


def test_it_refuses_the_second_form_of_a_signature(registry, driver, dataset):
    *fields, signature = grant_item(registry, driver, dataset)
    with boa.reverts("consent: wrong signature"):
        registry.grant_by_signature(*fields, high_s(signature))


@pytest.mark.parametrize("signature", [b"", bytes(64), bytes(65)])
def test_it_refuses_bytes_that_are_no_signature(registry, driver, dataset, signature):
    *fields, _ = grant_item(registry, driver, dataset)
    with boa.reverts("consent: wrong signature"):
        registry.grant_by_signature(*fields, signature)


def test_it_refuses_a_signature_made_for_another_registry(registry, compiled, driver, dataset):
    item = grant_item(compiled["ConsentRegistry"].deploy(), driver, dataset)
    with boa.reverts("consent: wrong signature"):
        registry.grant_by_signature(*item)


def test_it_asks_a_contract_account_by_eip_1271(registry, dataset):
    account = boa.loads(CONTRACT_ACCOUNT, bytes.fromhex("1626ba7e"))
    expiry = now() + YEAR_S
    registry.grant_by_signature(account.address, dataset, TERMS, expiry, 0, b"any")
    assert registry.are_active([account.address], dataset) == [True]
    registry.revoke_by_signature(account.address, dataset, 1, b"any")
    assert registry.are_active([account.address], dataset) == [False]


def test_it_refuses_when_a_contract_account_says_no(registry, dataset):
    account = boa.loads(CONTRACT_ACCOUNT, bytes(4))
    with boa.reverts("consent: wrong signature"):
        registry.grant_by_signature(account.address, dataset, TERMS, now() + YEAR_S, 0, b"any")


def test_one_bad_item_does_not_sink_a_batch(registry, driver, other_driver, dataset):
    third = new_key()
    items = [
        grant_item(registry, driver, dataset),
        grant_item(registry, other_driver, dataset, nonce=7),
        grant_item(registry, new_key(), dataset, expiry=now()),
        grant_item(registry, new_key(), dataset, signer=driver),
        (new_key().address, dataset, TERMS, now() + YEAR_S, 0, b"short"),
        grant_item(registry, third, dataset),
    ]
    registry.grant_batch(items)
    logs = registry.get_logs()
    assert [type(log).__name__ for log in logs] == ["Granted", *["Skipped"] * 4, "Granted"]
    reasons = ["wrong nonce", "wrong expiry", "wrong signature", "wrong signature"]
    assert [log.reason for log in logs[1:5]] == reasons
    assert [log.driver for log in logs] == [item[0] for item in items]
    active = registry.are_active([item[0] for item in items], dataset)
    assert active == [True, False, False, False, False, True]


def test_a_batch_of_revocations_skips_the_bad_ones(registry, driver, other_driver, dataset):
    registry.grant_batch([grant_item(registry, key, dataset) for key in (driver, other_driver)])
    registry.revoke_batch(
        [
            revoke_item(registry, driver, dataset),
            revoke_item(registry, other_driver, dataset, nonce=0),
            revoke_item(registry, other_driver, dataset, signer=driver),
        ]
    )
    assert event_names(registry) == ["Revoked", "Skipped", "Skipped"]
    assert registry.are_active([driver.address, other_driver.address], dataset) == [False, True]


def test_the_zero_address_cannot_be_signed_for(registry, dataset):
    item = ("0x" + "00" * 20, dataset, TERMS, now() + YEAR_S, 0, b"\x01" * 64 + b"\x1b")
    registry.grant_batch([item])
    assert registry.get_logs()[0].reason == "wrong signature"


def test_a_tombstone_only_speaks(registry):
    digests = [secrets.token_bytes(32) for _ in range(3)]
    registry.tombstone(digests)
    assert [log.digest for log in registry.get_logs()] == digests


def test_consents_of_two_datasets_do_not_touch(registry, driver, dataset):
    other = secrets.token_bytes(16) + bytes(16)
    registry.grant_by_signature(*grant_item(registry, driver, dataset))
    assert registry.nonces(driver.address, other) == 0
    assert not is_active(registry, driver, other)

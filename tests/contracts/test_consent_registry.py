"""The consent registry: success, then each refusal by its text."""

import secrets

import boa
import pytest

from tests.contracts.conftest import YEAR_S, forked, high_s, new_key, now
from tests.contracts.consents import (
    CONTRACT_ACCOUNT,
    TERMS,
    compact,
    grant_item,
    is_active,
    renew_item,
    revoke_item,
)


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


def test_a_later_grant_takes_the_place_of_an_earlier_one(registry, driver, dataset):
    registry.grant_by_signature(*grant_item(registry, driver, dataset))
    later = now() + YEAR_S + 3_600
    registry.grant_by_signature(*grant_item(registry, driver, dataset, nonce=1, expiry=later))
    assert registry.consent_of(driver.address, dataset)[:2] == (later, 2)


def test_a_direct_renewal_keeps_the_terms(registry, driver, dataset):
    with boa.env.prank(driver.address):
        registry.grant(dataset, TERMS, now() + 100)
        registry.renew(dataset, now() + YEAR_S)
    (log,) = registry.get_logs()
    assert registry.consent_of(driver.address, dataset) == (now() + YEAR_S, 2, TERMS[:16])
    assert (type(log).__name__, log.driver, log.dataset) == ("Renewed", driver.address, dataset)
    assert (log.expiry, log.nonce) == (now() + YEAR_S, 1)


def test_a_signed_renewal_voids_the_kept_revocation(registry, driver, relayer, dataset):
    kept = revoke_item(registry, driver, dataset)
    registry.grant_by_signature(*grant_item(registry, driver, dataset, expiry=now() + 100))
    with boa.env.prank(relayer.address):
        registry.renew_by_signature(*renew_item(registry, driver, dataset))
    with boa.reverts("consent: wrong nonce"):
        registry.revoke_by_signature(*kept)
    registry.revoke_by_signature(*revoke_item(registry, driver, dataset, nonce=2))
    assert registry.consent_of(driver.address, dataset) == (0, 3, bytes(16))


def test_it_renews_nothing_that_does_not_stand(registry, driver, dataset):
    def refused(nonce):
        with boa.reverts("consent: none stands"):
            registry.renew_by_signature(*renew_item(registry, driver, dataset, nonce=nonce))
        with boa.env.prank(driver.address), boa.reverts("consent: none stands"):
            registry.renew(dataset, now() + YEAR_S)

    refused(0)
    registry.grant_by_signature(*grant_item(registry, driver, dataset, expiry=now() + 100))
    boa.env.time_travel(seconds=100)
    refused(1)
    registry.grant_by_signature(*grant_item(registry, driver, dataset, nonce=1))
    registry.revoke_by_signature(*revoke_item(registry, driver, dataset, nonce=2))
    refused(3)


def test_it_refuses_a_bad_renewal(registry, driver, other_driver, dataset):
    registry.grant_by_signature(*grant_item(registry, driver, dataset))

    def refused(reason, *item):
        with boa.reverts(reason):
            registry.renew_by_signature(*item)

    good = renew_item(registry, driver, dataset)
    for days in (0, 367):
        far = renew_item(registry, driver, dataset, expiry=now() + days * 86_400)
        refused("consent: wrong expiry", *far)
    with boa.env.prank(driver.address), boa.reverts("consent: wrong expiry"):
        registry.renew(dataset, now())
    foreign = renew_item(registry, driver, dataset, signer=other_driver)
    refused("consent: wrong signature", *foreign)
    refused("consent: wrong signature", *good[:-1], high_s(good[-1]))
    registry.renew_by_signature(*good)
    refused("consent: wrong nonce", *good)


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


def test_a_signature_follows_the_chain_into_a_fork(registry, driver, dataset):
    before = grant_item(registry, driver, dataset)
    with forked():
        with boa.reverts("consent: wrong signature"):
            registry.grant_by_signature(*before)
        registry.grant_batch([compact(before)])
        assert registry.get_logs()[0].reason == "wrong signature"
        registry.grant_by_signature(*grant_item(registry, driver, dataset))
        assert is_active(registry, driver, dataset)


def test_it_asks_a_contract_account_by_eip_1271(registry, dataset):
    account = boa.loads(CONTRACT_ACCOUNT, bytes.fromhex("1626ba7e"))
    expiry = now() + YEAR_S
    registry.grant_by_signature(account.address, dataset, TERMS, expiry, 0, b"any")
    assert registry.are_active([(account.address, dataset)]) == [True]
    registry.renew_by_signature(account.address, dataset, expiry - 1, 1, b"any")
    registry.revoke_by_signature(account.address, dataset, 2, b"any")
    assert registry.are_active([(account.address, dataset)]) == [False]


def test_it_refuses_when_a_contract_account_says_no(registry, dataset):
    account = boa.loads(CONTRACT_ACCOUNT, bytes(4))
    with boa.reverts("consent: wrong signature"):
        registry.grant_by_signature(account.address, dataset, TERMS, now() + YEAR_S, 0, b"any")


def test_a_tombstone_only_speaks(registry):
    digests = [secrets.token_bytes(32) for _ in range(3)]
    registry.tombstone(digests)
    assert [log.digest for log in registry.get_logs()] == digests


def test_consents_of_two_datasets_do_not_touch(registry, driver, dataset):
    other = secrets.token_bytes(16) + bytes(16)
    registry.grant_by_signature(*grant_item(registry, driver, dataset))
    assert registry.nonces(driver.address, other) == 0
    pairs = [(driver.address, other), (driver.address, dataset), (new_key().address, dataset)]
    assert registry.are_active(pairs) == [False, True, False]

"""Batches of words: what a bad item does to the others, which is nothing."""

import boa

from protocol import typed_data
from tests.contracts.conftest import YEAR_S, high_s, new_key, now
from tests.contracts.consents import (
    CONTRACT_ACCOUNT,
    TERMS,
    compact,
    event_names,
    grant_item,
    is_active,
    renew_item,
    revoke_item,
)


def test_a_batch_of_renewals_skips_the_bad_ones(registry, driver, other_driver, dataset):
    third = new_key()
    keys = (driver, other_driver)
    registry.grant_batch([compact(grant_item(registry, key, dataset)) for key in keys])
    renewals = [
        renew_item(registry, driver, dataset, expiry=now() + 9),
        renew_item(registry, driver, dataset, expiry=now() + 9),
        renew_item(registry, third, dataset, nonce=0),
        renew_item(registry, other_driver, dataset, expiry=now()),
        renew_item(registry, other_driver, dataset, signer=third),
    ]
    registry.renew_batch([compact(item) for item in renewals])
    done, *skipped = registry.get_logs()
    assert (type(done).__name__, done.driver) == ("Renewed", driver.address)
    reasons = ["wrong nonce", "none stands", "wrong expiry", "wrong signature"]
    assert [log.reason for log in skipped] == reasons
    assert registry.consent_of(driver.address, dataset) == (now() + 9, 2, TERMS[:16])
    assert registry.nonces(other_driver.address, dataset) == 1


def test_a_contract_account_has_no_part_in_a_batch(registry, dataset):
    account = boa.loads(CONTRACT_ACCOUNT, bytes.fromhex("1626ba7e"))
    word = (account.address, dataset, TERMS, now() + YEAR_S, 0, b"\x01" * 32, b"\x01" * 32)
    registry.grant_batch([word])
    assert registry.get_logs()[0].reason == "wrong signature"


def test_one_bad_item_does_not_sink_a_batch(registry, driver, other_driver, dataset):
    third = new_key()
    items = [
        grant_item(registry, driver, dataset),
        grant_item(registry, other_driver, dataset, nonce=7),
        grant_item(registry, new_key(), dataset, expiry=now()),
        grant_item(registry, new_key(), dataset, expiry=now() + 366 * 86_400 + 1),
        grant_item(registry, new_key(), dataset, signer=driver),
        grant_item(registry, driver, dataset),
        grant_item(registry, third, dataset, expiry=now() + 366 * 86_400),
    ]
    registry.grant_batch([compact(item) for item in items])
    logs = registry.get_logs()
    assert [type(log).__name__ for log in logs] == ["Granted", *["Skipped"] * 5, "Granted"]
    reasons = ["wrong nonce", "wrong expiry", "wrong expiry", "wrong signature", "wrong nonce"]
    assert [log.reason for log in logs[1:6]] == reasons
    assert [log.driver for log in logs] == [item[0] for item in items]
    active = registry.are_active([(item[0], dataset) for item in items])
    assert active == [True, False, False, False, False, True, True]


def test_a_batch_of_revocations_skips_the_bad_ones(registry, driver, other_driver, dataset):
    keys = (driver, other_driver)
    registry.grant_batch([compact(grant_item(registry, key, dataset)) for key in keys])
    revocations = [
        revoke_item(registry, driver, dataset),
        revoke_item(registry, driver, dataset),
        revoke_item(registry, other_driver, dataset, nonce=0),
        revoke_item(registry, other_driver, dataset, signer=driver),
    ]
    registry.revoke_batch([compact(item) for item in revocations])
    assert event_names(registry) == ["Revoked", "Skipped", "Skipped", "Skipped"]
    pairs = [(key.address, dataset) for key in keys]
    assert registry.are_active(pairs) == [False, True]


def test_the_short_form_of_a_signature_has_no_second_form(registry, driver, dataset):
    *word, signature = grant_item(registry, driver, dataset)
    other = high_s(signature)
    s, parity = int.from_bytes(other[32:64]), other[64] - 27
    r, vs = typed_data.compact(signature)
    flipped = (int.from_bytes(vs) ^ 2**255).to_bytes(32)
    bad = [s.to_bytes(32), (s & (2**255 - 1) | parity << 255).to_bytes(32), flipped]
    registry.grant_batch([(*word, r, form) for form in bad])
    assert [log.reason for log in registry.get_logs()] == ["wrong signature"] * 3
    registry.grant_batch([(*word, r, vs)])
    assert is_active(registry, driver, dataset)


def test_a_batch_holds_a_hundred_and_no_more(registry, dataset):
    item = (new_key().address, dataset, 5, bytes(32), bytes(32))
    registry.revoke_batch([item] * 100)
    assert event_names(registry) == ["Skipped"] * 100
    with boa.reverts():
        registry.revoke_batch([item] * 101)


def test_the_zero_address_cannot_be_signed_for(registry, dataset):
    nobody = "0x" + "00" * 20
    word = (nobody, dataset, TERMS, now() + YEAR_S, 0)
    registry.grant_batch([(*word, b"\x01" * 32, b"\x01" * 32), (*word, bytes(32), bytes(32))])
    assert [log.reason for log in registry.get_logs()] == ["wrong signature"] * 2
    with boa.reverts("consent: wrong signature"):
        registry.grant_by_signature(*word, b"\x01" * 64 + b"\x1b")

"""Signed words in another form or place than they were signed for, and what they do: nothing."""

import secrets

import boa

from protocol import typed_data
from tests.contracts.campaigns import campaign, fund_order
from tests.contracts.conftest import high_s, now
from tests.contracts.consents import grant_item, renew_item, revoke_item
from tests.contracts.market import (
    HOUR_S,
    PRICE,
    buy,
    claim_item,
    claim_signature,
    open_dataset,
    order,
    publish,
)


def other_forms(signature):
    """Return the forms of one signature in which other contracts would take it."""
    r, vs = typed_data.compact(signature)
    return [
        high_s(signature),
        signature[:64] + bytes([signature[64] - 27]),
        signature[:64] + bytes([signature[64] + 8]),
        r + vs,
        signature[:64],
    ]


def test_the_market_takes_one_form_of_a_signature(
    market, token, developer, contributors, tree, release
):
    sent = order(market, token, developer, release)
    for form in other_forms(sent[5]):
        with boa.reverts("market: wrong signature"):
            market.buy_with_order(*sent[:5], form, *sent[6:])
    market.buy_with_order(*sent)
    key, until = contributors[0], now() + HOUR_S
    item = claim_item(tree, contributors, 0, release)
    signature = claim_signature(market, key, key.address, [release], until)
    for form in other_forms(signature):
        with boa.reverts("market: wrong signature"):
            market.claim(key.address, key.address, [item], until, form)


def test_the_registry_takes_one_form_of_a_signature(registry, driver, dataset):
    *words, signature = grant_item(registry, driver, dataset)
    for form in other_forms(signature):
        with boa.reverts("consent: wrong signature"):
            registry.grant_by_signature(*words, form)


def test_a_word_counts_as_what_it_was_signed_as(registry, driver, dataset):
    registry.grant_by_signature(*grant_item(registry, driver, dataset))
    renewal = renew_item(registry, driver, dataset)
    *facts, leave = revoke_item(registry, driver, dataset)
    with boa.reverts("consent: wrong signature"):
        registry.revoke_by_signature(*facts, renewal[-1])
    with boa.reverts("consent: wrong signature"):
        registry.renew_by_signature(*renewal[:-1], leave)
    with boa.reverts("consent: wrong signature"):
        registry.revoke_by_signature(driver.address, secrets.token_bytes(32), 0, leave)


def test_nothing_signed_for_one_market_is_good_in_another(
    market, compiled, stewardship, operator, token, developer, contributors, tree
):
    twin = compiled["ReleaseMarket"].deploy(stewardship.address)
    release = secrets.token_bytes(32)
    for home in (market, twin):
        dataset = open_dataset(home, operator, token)
        publish(home, operator, dataset, tree, release=release)
    sent = order(market, token, developer, release)
    with boa.reverts("market: wrong signature"):
        twin.buy_with_order(*sent)
    buy(twin, token, developer, release)
    key, until = contributors[0], now() + HOUR_S
    signature = claim_signature(market, key, key.address, [release], until)
    item = claim_item(tree, contributors, 0, release)
    with boa.reverts("market: wrong signature"):
        twin.claim(key.address, key.address, [item], until, signature)


def test_words_do_not_cross_from_room_to_room(
    market, registry, escrow, token, developer, release, dataset_on_chain
):
    """Signed for the address of one contract under the name of another."""
    until = now() + HOUR_S
    own = developer.address
    for domain in (
        typed_data.market_domain(boa.env.evm.patch.chain_id, escrow.address),
        typed_data.escrow_domain(boa.env.evm.patch.chain_id, market.address),
        typed_data.consent_domain(boa.env.evm.patch.chain_id, market.address),
    ):
        typed = typed_data.order(
            domain, buyer=own, recipient=own, release=release, max_price=PRICE, deadline=until
        )
        sent = (own, own, release, PRICE, until, developer.sign(typed), 0, 0, b"")
        with boa.reverts("market: wrong signature"):
            market.buy_with_order(*sent)


def test_a_permit_for_the_market_does_not_fund_and_the_other_way_round(
    market, escrow, token, developer, release, dataset_on_chain
):
    facts = campaign(dataset_on_chain, bounty=PRICE)
    bought = order(market, token, developer, release)
    funded = fund_order(escrow, token, developer, facts)
    with boa.reverts("escrow: permit refused"):
        escrow.fund_with_order(*funded[:-2], *bought[-2:])
    with boa.reverts("market: permit refused"):
        market.buy_with_order(*bought[:-2], *funded[-2:])

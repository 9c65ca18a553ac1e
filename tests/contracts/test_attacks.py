"""What somebody could try who is not among the honest ones, and what it gains: nothing."""

import secrets

import boa
import pytest

from protocol import allotment, merkle, typed_data
from tests.contracts.campaigns import campaign, fund_order
from tests.contracts.conftest import FEE_BPS, high_s, new_key, now
from tests.contracts.consents import compact, grant_item, is_active, renew_item, revoke_item
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

MONEY = ("buy", "buy_with_order", "claim", "withdraw_fees")


@pytest.fixture
def release(market, operator, dataset_on_chain, tree):
    return publish(market, operator, dataset_on_chain, tree)


@pytest.fixture
def escrow(compiled, market, stewardship):
    return compiled["CampaignEscrow"].deploy(market.address, stewardship.address)


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


@pytest.fixture
def coin_as_operator(compiled, operator, treasury, developer):
    """Return a token that calls back and is the operator, and a market with a release for it."""
    coin = compiled["ReentrantToken"].deploy()
    people = [new_key().address for _ in range(3)]
    rules = compiled["Stewardship"].deploy(
        *(people[0], people[1], coin.address, people[2], treasury.address), FEE_BPS, bytes(32)
    )
    market = compiled["ReleaseMarket"].deploy(rules.address)
    dataset = secrets.token_bytes(32)
    for owner in (developer, coin):
        coin.mint(owner.address, 10 * PRICE)
    with boa.env.prank(coin.address):
        coin.approve(market.address, 10 * PRICE)
        market.create_dataset(dataset, coin.address, FEE_BPS, 10**6)
    return coin, market, dataset


@pytest.mark.parametrize("door", ["buy", "claim", "withdraw_fees"])
@pytest.mark.parametrize("back", [*MONEY, "publish", "create_dataset"])
def test_no_door_of_the_market_opens_from_inside_a_payment(
    coin_as_operator, developer, driver, door, back
):
    coin, market, dataset = coin_as_operator
    shares = [merkle.Share(coin.address, 0, 1), merkle.Share(driver.address, 1, 1)]
    tree = merkle.Tree(shares)
    release = publish(market, coin, dataset, tree, total=2)
    buy(market, coin, developer, release)
    signed = order(market, _no_permit(coin), developer, release, recipient=new_key().address)
    own = (coin.address, coin.address, [(release, 0, 1, tree.proof(0))], 0, b"")
    facts = (*(b"\x01" * 32,) * 2, tree.root, 2, 1, 1, 0)
    calls = {
        "buy": lambda: market.buy.prepare_calldata(release, PRICE, new_key().address),
        "buy_with_order": lambda: market.buy_with_order.prepare_calldata(*signed[:-1], b""),
        "claim": lambda: market.claim.prepare_calldata(*own),
        "withdraw_fees": lambda: market.withdraw_fees.prepare_calldata(coin.address),
        "publish": lambda: market.publish.prepare_calldata(b"\x02" * 32, dataset, *facts),
        "create_dataset": lambda: market.create_dataset.prepare_calldata(
            b"\x03" * 32, coin.address, FEE_BPS, 1
        ),
    }
    coin.aim(market.address, calls[back]())
    if door == "buy":
        buy(market, coin, developer, release)
    elif door == "withdraw_fees":
        market.withdraw_fees(coin.address)
    else:
        with boa.env.prank(driver.address):
            item = (release, 1, 1, tree.proof(1))
            market.claim(driver.address, driver.address, [item], 0, b"")
    assert (coin.calls(), coin.successes()) == (1, back not in MONEY)
    sales, fee = market.release_of(release)[4], allotment.fee_units(PRICE, FEE_BPS)
    held = sales * (PRICE - fee) - market.paid_of(release) + market.fees_of(coin.address)
    assert coin.balanceOf(market.address) == held


def _no_permit(coin):
    """Return the token as `order` wants it: this one knows no permits."""
    return type("Coin", (), {"address": coin.address, "nonces": lambda *_: 0})()


def test_a_fee_that_begins_later_takes_nothing_from_another_release(
    compiled, market, operator, developer, tree, contributors
):
    coin = compiled["FeeToken"].deploy()
    coin.set_fee_bps(0)
    coin.mint(developer.address, 2 * PRICE)
    dataset = open_dataset(market, operator, coin)
    first, second = (publish(market, operator, dataset, tree) for _ in range(2))
    for release in (first, second):
        buy(market, coin, developer, release)
    coin.set_fee_bps(1_000)
    for index, key in enumerate(contributors):
        with boa.env.prank(key.address):
            item = claim_item(tree, contributors, index, first)
            market.claim(key.address, key.address, [item], 0, b"")
    pool = allotment.pool_units(PRICE, FEE_BPS)
    assert coin.balanceOf(market.address) == pool + market.fees_of(coin.address)


def test_nobody_claims_with_the_proof_of_another(
    market, token, developer, contributors, tree, release, driver
):
    buy(market, token, developer, release)
    for thief in (driver, contributors[1]):
        with boa.env.prank(thief.address), boa.reverts("market: wrong proof"):
            item = claim_item(tree, contributors, 0, release)
            market.claim(thief.address, thief.address, [item], 0, b"")


def test_the_last_place_of_the_widest_tree_is_its_own(
    market, operator, token, developer, dataset_on_chain, contributors
):
    total, (first, last, _) = 2**32 - 1, contributors
    shares = [
        merkle.Share(first.address, 0, total - 1),
        merkle.Share(last.address, total - 1, 1),
        merkle.Share(last.address, total - 1, 2),
        merkle.Share(last.address, total, 1),
        merkle.Share(last.address, 2**256 - 1, 2),
    ]
    tree = merkle.Tree(shares)
    price = 2**80 - 1
    release = publish(market, operator, dataset_on_chain, tree, total_weight=total, price=price)
    token.mint(developer.address, price)
    with boa.env.prank(developer.address):
        token.approve(market.address, price)
        market.buy(release, price, developer.address)
    with boa.env.prank(last.address):
        for beyond in (2, 3, 4):
            share = shares[beyond]
            item = (release, share.start, share.weight, tree.proof(beyond))
            with boa.reverts("market: wrong proof"):
                market.claim(last.address, last.address, [item], 0, b"")
        item = (release, total - 1, 1, tree.proof(1))
        market.claim(last.address, last.address, [item], 0, b"")
    pool = allotment.pool_units(price, FEE_BPS)
    assert market.paid_of(release) == allotment.share_units(pool, total, total - 1, 1)
    assert (market.claimed_sales(release, total - 1), market.claimed_sales(release, 0)) == (1, 0)


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


def test_a_permit_used_by_somebody_may_expire_meanwhile(
    market, escrow, token, developer, release, dataset_on_chain
):
    """Whoever spent the permit first gains nothing and stops nothing, also past its time."""
    until, facts = now() + 10 * HOUR_S, campaign(dataset_on_chain, bounty=PRICE)
    bought = order(market, token, developer, release, deadline=until)
    raw = bought[-1]
    spend(token, developer, market, raw, until)
    funded = fund_order(escrow, token, developer, facts, valid_until=until)
    spend(token, developer, escrow, funded[-1], funded[-2])
    boa.env.time_travel(seconds=2 * HOUR_S)
    market.buy_with_order(*bought[:-2], now() - HOUR_S, raw)
    escrow.fund_with_order(*funded)
    assert market.licensed(release, developer.address)
    assert token.balanceOf(escrow.address) == PRICE


def spend(token, owner, spender, raw, until):
    token.permit(owner.address, spender.address, PRICE, until, raw[64], raw[:32], raw[32:64])


def test_who_buys_for_the_recipient_first_pays_itself(
    market, token, developer, other_driver, release
):
    sent = order(market, token, developer, release)
    token.mint(other_driver.address, PRICE)
    before = token.balanceOf(developer.address)
    buy(market, token, other_driver, release, developer.address)
    with boa.reverts("market: already licensed"):
        market.buy_with_order(*sent)
    assert token.balanceOf(developer.address) == before


def test_who_relays_a_campaign_first_cannot_turn_it_to_itself(
    escrow, token, developer, other_driver, relayer, dataset_on_chain
):
    facts = campaign(dataset_on_chain)
    sent = fund_order(escrow, token, developer, facts)
    thief = other_driver.address
    with boa.env.prank(thief):
        for turned in ((thief, *sent[1:]), (sent[0], thief, *sent[2:])):
            with boa.reverts("escrow: wrong signature"):
                escrow.fund_with_order(*turned)
        escrow.fund_with_order(*sent)
    kept = escrow.campaign_of(developer.address, facts["request"])
    assert kept[1] == facts["recipient"]
    with boa.env.prank(relayer.address), boa.reverts("escrow: request used already"):
        escrow.fund_with_order(*sent[:-1], b"")


def test_who_relays_one_word_of_a_batch_first_sinks_no_other(
    registry, driver, other_driver, dataset
):
    items = [grant_item(registry, key, dataset) for key in (driver, other_driver)]
    registry.grant_by_signature(*items[0])
    registry.grant_batch([compact(item) for item in items])
    skipped, granted = registry.get_logs()
    assert (skipped.reason, type(granted).__name__) == ("wrong nonce", "Granted")
    assert is_active(registry, driver, dataset)
    assert is_active(registry, other_driver, dataset)


def test_items_made_to_annoy_cost_a_batch_little_and_sink_nobody(registry, driver, dataset):
    word = (dataset, b"\x01" * 32, now() + HOUR_S, 0)
    whole = (b"\xff" * 32, b"\xff" * 32)
    junk = [
        ("0x" + "00" * 20, *word, *whole),
        (registry.address, *word, *whole),
        (new_key().address, *word[:2], 2**64 - 1, 2**64 - 1, *whole),
        (new_key().address, *word[:2], 2**64 - 1, 0, *whole),
    ]
    registry.grant_batch([*junk * 24, compact(grant_item(registry, driver, dataset))])
    *skipped, granted = registry.get_logs()
    assert [type(log).__name__ for log in skipped] == ["Skipped"] * 96
    assert granted.driver == driver.address
    assert registry._computation.get_gas_used() < 30_000 * 97


@pytest.mark.parametrize("shape", ["whole", "left out"])
def test_a_leaf_of_nobody_pays_nobody(market, operator, token, developer, dataset_on_chain, shape):
    nobody = "0x" + "00" * 20
    shares = [merkle.Share(nobody, 0, 3)]
    tree = merkle.Tree(shares)
    release = publish(market, operator, dataset_on_chain, tree)
    buy(market, token, developer, release)
    signature = b"" if shape == "left out" else bytes(64) + b"\x1b"
    with boa.reverts("market: wrong signature"):
        market.claim(nobody, developer.address, [(release, 0, 3, [])], now() + 9, signature)

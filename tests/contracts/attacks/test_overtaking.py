"""What somebody gains who sends the words of others first, or among junk: nothing."""

import boa

from tests.contracts.campaigns import campaign, fund_order
from tests.contracts.conftest import new_key, now
from tests.contracts.consents import compact, grant_item, is_active
from tests.contracts.market import HOUR_S, PRICE, buy, order


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

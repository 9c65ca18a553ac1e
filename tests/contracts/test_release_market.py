"""The release market: success, then each refusal by its text."""

import secrets

import boa
import pytest

from protocol import allotment, merkle, typed_data
from tests.contracts.conftest import COIN, Key, chain_id, high_s, new_key, now

PRICE = 100 * COIN + 7
FEE_BPS = 1_200
RHO_CAP = 1_000_000
HOUR_S = 3_600

FEE_TOKEN = """
# pragma version ==0.4.3
balanceOf: public(HashMap[address, uint256])

@deploy
def __init__(holder: address):
    self.balanceOf[holder] = 10**18

@external
def transferFrom(owner: address, to: address, amount: uint256) -> bool:
    self.balanceOf[owner] -= amount
    self.balanceOf[to] += amount - amount // 100
    return True
"""

REENTRANT_TOKEN = """
# pragma version ==0.4.3
interface Market:
    def buy(release: bytes32, max_price: uint256, recipient: address): nonpayable

balanceOf: public(HashMap[address, uint256])
release: bytes32

@external
def aim(release: bytes32):
    self.release = release

@external
def transferFrom(owner: address, to: address, amount: uint256) -> bool:
    extcall Market(to).buy(self.release, max_value(uint256), self)
    return True
"""


@pytest.fixture
def operator() -> Key:
    return new_key()


@pytest.fixture
def treasury() -> Key:
    return new_key()


@pytest.fixture
def market(compiled, operator, treasury):
    with boa.env.prank(operator.address):
        return compiled["ReleaseMarket"].deploy(treasury.address)


@pytest.fixture
def token(compiled, developer):
    coin = compiled["TestStablecoin"].deploy()
    coin.mint(developer.address, 10**6 * COIN)
    return coin


@pytest.fixture
def contributors() -> list[Key]:
    return sorted((new_key() for _ in range(3)), key=lambda key: int(key.address, 16))


@pytest.fixture
def tree(contributors):
    return merkle.Tree(merkle.shares_of([key.address for key in contributors]))


@pytest.fixture
def dataset_on_chain(market, token, operator, dataset):
    with boa.env.prank(operator.address):
        market.create_dataset(dataset, token.address, FEE_BPS, RHO_CAP)
    return dataset


def publish(market, operator, dataset, tree, total=3, **changed) -> bytes:
    release = secrets.token_bytes(16) + bytes(16)
    facts = {
        "release": release,
        "dataset": dataset,
        "manifest": b"\x01" * 32,
        "cid_digest": b"\x02" * 32,
        "contributors": tree.root,
        "total_weight": total,
        "rho": 100_000,
        "price": PRICE,
        "consent_block": boa.env.evm.patch.block_number,
    } | changed
    with boa.env.prank(operator.address):
        market.publish(*facts.values())
    return facts["release"]


@pytest.fixture
def release(market, operator, dataset_on_chain, tree):
    return publish(market, operator, dataset_on_chain, tree)


def market_domain(market):
    return typed_data.market_domain(chain_id(), market.address)


def buy(market, token, developer, release, recipient=None):
    with boa.env.prank(developer.address):
        token.approve(market.address, PRICE)
        market.buy(release, PRICE, recipient or new_key().address)


def order(market, token, developer, release, **changed):
    recipient = changed.get("recipient", developer.address)
    deadline = changed.get("deadline", now() + HOUR_S)
    max_price = changed.get("max_price", PRICE)
    signer = changed.get("signer", developer)
    signed = signer.sign(
        typed_data.order(
            market_domain(market),
            buyer=developer.address,
            recipient=recipient,
            release=release,
            max_price=max_price,
            deadline=deadline,
        )
    )
    permit = developer.sign(
        typed_data.permit(
            typed_data.token_domain("Test Dollar", chain_id(), token.address),
            owner=developer.address,
            spender=market.address,
            value=PRICE,
            nonce=token.nonces(developer.address),
            deadline=deadline,
        )
    )
    return (
        *(developer.address, recipient, release, max_price, deadline, signed),
        *(PRICE, deadline, permit),
    )


def claim_item(tree, contributors, index, release):
    share = merkle.shares_of([key.address for key in contributors])[index]
    return (release, share.start, share.weight, tree.proof(index))


def claim_signature(market, key, to, releases, deadline):
    typed = typed_data.claim(
        market_domain(market), driver=key.address, to=to, releases=releases, deadline=deadline
    )
    return key.sign(typed)


def test_a_dataset_is_fixed_when_it_is_created(market, token, dataset_on_chain):
    assert market.dataset_of(dataset_on_chain) == (token.address, FEE_BPS, RHO_CAP, 0)


def test_only_the_operator_creates_publishes_halts_and_names_the_key(
    market, token, driver, dataset, tree
):
    with boa.env.prank(driver.address):
        for act in (
            lambda: market.create_dataset(dataset, token.address, 0, 1),
            lambda: market.publish(dataset, dataset, dataset, dataset, dataset, 1, 1, 1, 0),
            lambda: market.set_halted(True),
            lambda: market.set_builder_key(dataset),
        ):
            with boa.reverts("ownable: caller is not the owner"):
                act()


def test_it_refuses_a_bad_dataset(market, token, operator, dataset_on_chain):
    other = secrets.token_bytes(32)
    with boa.env.prank(operator.address):
        with boa.reverts("market: dataset exists"):
            market.create_dataset(dataset_on_chain, token.address, 0, 1)
        with boa.reverts("market: fee above 15%"):
            market.create_dataset(other, token.address, 1_501, 1)
        with boa.reverts("market: token has no code"):
            market.create_dataset(other, new_key().address, 0, 1)


def test_publishing_charges_the_privacy_cap(market, dataset_on_chain, release, tree):
    assert market.dataset_of(dataset_on_chain)[3] == 100_000
    _token, price, fee_bps, total, sales, root, manifest = market.release_of(release)
    assert (price, fee_bps, total, sales) == (PRICE, FEE_BPS, 3, 0)
    assert (root, manifest) == (tree.root, b"\x01" * 32)


def test_it_refuses_a_release_over_the_privacy_cap(market, operator, dataset_on_chain, tree):
    publish(market, operator, dataset_on_chain, tree, rho=RHO_CAP)
    with boa.reverts("market: privacy cap exceeded"):
        publish(market, operator, dataset_on_chain, tree, rho=1)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"contributors": bytes(32)}, "market: no contributors"),
        ({"total_weight": 0}, "market: no contributors"),
        ({"price": 0}, "market: no price"),
        ({"consent_block": 2**40}, "market: block not yet mined"),
    ],
)
def test_it_refuses_a_bad_release(market, operator, dataset_on_chain, tree, changed, reason):
    with boa.reverts(reason):
        publish(market, operator, dataset_on_chain, tree, **changed)


def test_it_refuses_a_release_of_no_dataset(market, operator, tree):
    with boa.reverts("market: no such dataset"):
        publish(market, operator, b"\x09" * 32, tree)


def test_a_release_is_published_once(market, operator, dataset_on_chain, tree, release):
    with boa.reverts("market: release exists"):
        publish(market, operator, dataset_on_chain, tree, release=release)


def test_a_sale_gives_one_license_and_splits_the_price(market, token, developer, release):
    recipient = new_key().address
    buy(market, token, developer, release, recipient)
    assert market.licensed(release, recipient)
    assert token.balanceOf(market.address) == PRICE
    assert market.fees_of(token.address) == allotment.fee_units(PRICE, FEE_BPS)
    with boa.reverts("market: already licensed"):
        buy(market, token, developer, release, recipient)


def test_a_relayed_order_pays_with_its_permit(market, token, developer, relayer, release):
    with boa.env.prank(relayer.address):
        market.buy_with_order(*order(market, token, developer, release))
    (bought,) = [log for log in market.get_logs() if type(log).__name__ == "Bought"]
    fee = allotment.fee_units(PRICE, FEE_BPS)
    assert (bought.buyer, bought.price, bought.fee) == (developer.address, PRICE, fee)
    assert market.licensed(release, developer.address)


def test_a_permit_that_somebody_used_already_does_no_harm(market, token, developer, release):
    sent = order(market, token, developer, release)
    *_, value, deadline, permit = sent
    parts = (permit[64], permit[:32], permit[32:64])
    token.permit(developer.address, market.address, value, deadline, *parts)
    market.buy_with_order(*sent)
    assert market.licensed(release, developer.address)


def test_an_order_without_permit_uses_the_allowance(market, token, developer, release):
    sent = order(market, token, developer, release)
    with boa.env.prank(developer.address):
        token.approve(market.address, PRICE)
    market.buy_with_order(*sent[:-1], b"")
    assert market.licensed(release, developer.address)


def test_it_refuses_a_bad_order(market, token, developer, driver, release):
    def refused(reason, sent):
        with boa.reverts(reason):
            market.buy_with_order(*sent)

    good = order(market, token, developer, release)
    refused("market: wrong signature", order(market, token, developer, release, signer=driver))
    refused("market: wrong signature", (good[0], driver.address, *good[2:]))
    refused("market: wrong signature", (*good[:5], high_s(good[5]), *good[6:]))
    refused("market: order expired", order(market, token, developer, release, deadline=now() - 1))
    refused("market: price above maximum", order(market, token, developer, release, max_price=1))
    refused("market: no such release", order(market, token, developer, b"\x05" * 32))
    refused(
        "market: permit refused",
        (
            *good[:8],
            driver.sign(
                typed_data.order(
                    market_domain(market),
                    buyer=developer.address,
                    recipient=developer.address,
                    release=release,
                    max_price=1,
                    deadline=1,
                )
            ),
        ),
    )


def test_it_refuses_an_order_twice(market, token, developer, release):
    sent = order(market, token, developer, release)
    market.buy_with_order(*sent)
    with boa.reverts("market: already licensed"):
        market.buy_with_order(*sent[:-1], b"")


def test_it_refuses_a_recipient_that_is_nobody(market, token, developer, release):
    with boa.reverts("market: no recipient"):
        buy(market, token, developer, release, "0x" + "00" * 20)


def test_it_refuses_a_token_that_takes_a_fee(market, operator, developer, tree):
    coin = boa.loads(FEE_TOKEN, developer.address)
    dataset = secrets.token_bytes(32)
    with boa.env.prank(operator.address):
        market.create_dataset(dataset, coin.address, 0, 1)
    release = publish(market, operator, dataset, tree, rho=1)
    with boa.env.prank(developer.address), boa.reverts("market: token took a fee"):
        market.buy(release, PRICE, developer.address)


def test_a_reentrant_token_gains_nothing(market, operator, developer, tree):
    coin = boa.loads(REENTRANT_TOKEN)
    dataset = secrets.token_bytes(32)
    with boa.env.prank(operator.address):
        market.create_dataset(dataset, coin.address, 0, 1)
    release = publish(market, operator, dataset, tree, rho=1)
    coin.aim(release)
    with boa.env.prank(developer.address), boa.reverts():
        market.buy(release, PRICE, developer.address)


def test_contributors_take_exactly_the_pool(market, token, developer, contributors, tree, release):
    for _ in range(2):
        buy(market, token, developer, release)
    pool = allotment.pool_units(PRICE, FEE_BPS)
    for index, key in enumerate(contributors):
        with boa.env.prank(key.address):
            item = claim_item(tree, contributors, index, release)
            market.claim(key.address, key.address, [item], 0, b"")
        expected = 2 * allotment.share_units(pool, 3, index, 1)
        assert token.balanceOf(key.address) == expected
    assert market.paid_of(release) == 2 * pool
    assert token.balanceOf(market.address) == market.fees_of(token.address)


def test_a_signed_claim_pays_any_address_and_only_what_is_new(
    market, token, developer, contributors, tree, release, relayer
):
    buy(market, token, developer, release)
    key, to, deadline = contributors[0], new_key().address, now() + HOUR_S
    item = claim_item(tree, contributors, 0, release)
    signature = claim_signature(market, key, to, [release], deadline)
    with boa.env.prank(relayer.address):
        market.claim(key.address, to, [item], deadline, signature)
        first = token.balanceOf(to)
        market.claim(key.address, to, [item], deadline, signature)
    assert token.balanceOf(to) == first > 0
    buy(market, token, developer, release)
    market.claim(key.address, to, [item], deadline, signature)
    assert token.balanceOf(to) == 2 * first


def test_one_claim_takes_from_many_releases(
    market, operator, token, developer, contributors, tree, dataset_on_chain
):
    releases = [publish(market, operator, dataset_on_chain, tree) for _ in range(3)]
    for release in releases:
        buy(market, token, developer, release)
    key, deadline = contributors[1], now() + HOUR_S
    items = [claim_item(tree, contributors, 1, release) for release in releases]
    signature = claim_signature(market, key, key.address, releases, deadline)
    market.claim(key.address, key.address, items, deadline, signature)
    share = allotment.share_units(allotment.pool_units(PRICE, FEE_BPS), 3, 1, 1)
    assert token.balanceOf(key.address) == 3 * share


def test_it_refuses_a_bad_claim(market, token, developer, driver, contributors, tree, release):
    buy(market, token, developer, release)
    key, deadline = contributors[0], now() + HOUR_S
    item = claim_item(tree, contributors, 0, release)
    signature = claim_signature(market, key, key.address, [release], deadline)

    def refused(reason, *sent):
        with boa.reverts(reason):
            market.claim(*sent)

    refused("market: wrong signature", key.address, driver.address, [item], deadline, signature)
    refused("market: wrong signature", key.address, key.address, [item], deadline, b"")
    refused("market: wrong signature", key.address, key.address, [], deadline, signature)
    second_form = high_s(signature)
    refused("market: wrong signature", key.address, key.address, [item], deadline, second_form)
    refused("market: claim expired", key.address, key.address, [item], now() - 1, signature)
    refused("market: no recipient", key.address, "0x" + "00" * 20, [item], deadline, signature)
    with boa.env.prank(key.address):
        own = (key.address, key.address)
        refused("market: wrong proof", *own, [(release, 1, 1, item[3])], 0, b"")
        refused("market: wrong proof", *own, [(release, 0, 2, item[3])], 0, b"")
        refused("market: wrong proof", *own, [(release, 2**255, 2**255, item[3])], 0, b"")
        refused("market: wrong proof", *own, [(release, 0, 1, item[3][:-1])], 0, b"")
        refused("market: no such release", *own, [(b"\x05" * 32, 0, 1, item[3])], 0, b"")


def test_a_root_that_promises_too_much_takes_nothing_from_other_releases(
    market, operator, token, developer, dataset_on_chain, contributors
):
    greedy = [merkle.Share(key.address, 0, 3) for key in contributors]
    tree = merkle.Tree(greedy)
    release = publish(market, operator, dataset_on_chain, tree)
    honest = publish(market, operator, dataset_on_chain, tree)
    buy(market, token, developer, release)
    buy(market, token, developer, honest)
    for index, (key, refusal) in enumerate(
        zip(contributors[:2], [None, "market: pool is empty"], strict=True)
    ):
        with boa.env.prank(key.address):
            claim = (key.address, key.address, [(release, 0, 3, tree.proof(index))], 0, b"")
            if refusal:
                with boa.reverts(refusal):
                    market.claim(*claim)
            else:
                market.claim(*claim)


def test_halting_stops_sales_and_releases_and_no_claim(
    market, operator, token, developer, contributors, tree, dataset_on_chain, release, treasury
):
    buy(market, token, developer, release)
    with boa.env.prank(operator.address):
        market.set_halted(True)
    with boa.reverts("market: halted"):
        buy(market, token, developer, release)
    with boa.reverts("market: halted"):
        publish(market, operator, dataset_on_chain, tree)
    key = contributors[2]
    with boa.env.prank(key.address):
        item = claim_item(tree, contributors, 2, release)
        market.claim(key.address, key.address, [item], 0, b"")
    assert token.balanceOf(key.address) > 0
    market.withdraw_fees(token.address)
    assert token.balanceOf(treasury.address) == allotment.fee_units(PRICE, FEE_BPS)


def test_the_operator_names_the_builder_key(market, operator):
    key = secrets.token_bytes(32)
    with boa.env.prank(operator.address):
        market.set_builder_key(key)
    assert market.builder_key() == key


def test_it_refuses_to_be_deployed_without_a_treasury(compiled):
    with boa.reverts("market: no treasury"):
        compiled["ReleaseMarket"].deploy("0x" + "00" * 20)

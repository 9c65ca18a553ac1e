"""Campaigns: success, then each refusal by its text, then what attackers and odd tokens gain."""

import secrets
from typing import Any, NamedTuple

import boa
import pytest

from protocol import typed_data
from tests.contracts.campaigns import (
    BOUNTY,
    campaign,
    change,
    deploy_stewardship,
    events_of,
    fund,
    fund_order,
    fund_signature,
    number,
    padded,
)
from tests.contracts.conftest import (
    COIN,
    FEE_BPS,
    RHO_CAP,
    Key,
    chain_id,
    high_s,
    new_key,
    now,
)
from tests.contracts.market import PRICE, buy, publish

NOBODY = "0x" + "00" * 20
OPEN, SETTLED, REFUNDED = 1, 2, 3

BREAKABLE_MARKET = """
# pragma version ==0.4.3
interface Token:
    def transferFrom(owner: address, to: address, amount: uint256) -> bool: nonpayable

token: address
price: uint256
taken: uint256
is_broken: bool

@deploy
def __init__(token: address, price: uint256):
    self.token = token
    self.price = price
    self.taken = price

@external
def take(taken: uint256):
    self.taken = taken

@external
def break_down():
    self.is_broken = True

@external
@view
def stewardship() -> address:
    return self

@external
@view
def is_halted() -> bool:
    assert not self.is_broken, "broken"
    return False

@external
@view
def operator() -> address:
    assert not self.is_broken, "broken"
    return self

@external
@view
def dataset_of(dataset: bytes32) -> (address, uint16, uint64, uint64):
    assert not self.is_broken, "broken"
    return self.token, 0, 0, 0

@external
@view
def dataset_of_release(release: bytes32) -> bytes32:
    return release

@external
@view
def release_of(release: bytes32) -> (address, uint128, uint16, uint64, uint64, bytes32, bytes32):
    return self.token, convert(self.price, uint128), 0, 1_000, 0, release, release

@external
def buy(release: bytes32, max_price: uint256, recipient: address):
    assert not self.is_broken, "broken"
    extcall Token(self.token).transferFrom(msg.sender, self, self.taken)
"""

CONTRACT_ACCOUNT = """
# pragma version ==0.4.3
interface Token:
    def approve(spender: address, amount: uint256) -> bool: nonpayable

answer: bytes4

@deploy
def __init__(answer: bytes4, token: address, spender: address):
    self.answer = answer
    extcall Token(token).approve(spender, max_value(uint256))

@external
@view
def isValidSignature(digest: bytes32, signature: Bytes[65]) -> bytes32:
    return convert(self.answer, bytes32)
"""


class House(NamedTuple):
    """The contracts that a campaign meets."""

    stewardship: Any
    market: Any
    escrow: Any


@pytest.fixture
def keys() -> tuple[Key, Key]:
    return new_key(), new_key()


@pytest.fixture
def house(compiled, keys, operator, treasury) -> House:
    stewardship = deploy_stewardship(compiled, keys, operator, treasury)
    market = compiled["ReleaseMarket"].deploy(stewardship.address)
    escrow = compiled["CampaignEscrow"].deploy(market.address, stewardship.address)
    return House(stewardship, market, escrow)


@pytest.fixture
def escrow(house):
    return house.escrow


def open_dataset(house, operator, token) -> bytes:
    dataset = secrets.token_bytes(16) + bytes(16)
    with boa.env.prank(operator.address):
        house.market.create_dataset(dataset, token.address, FEE_BPS, RHO_CAP)
    return dataset


@pytest.fixture
def asked(house, operator, token) -> bytes:
    return open_dataset(house, operator, token)


@pytest.fixture
def release(house, operator, asked, tree) -> bytes:
    return publish(house.market, operator, asked, tree)


def settle(escrow, sender, funder, request, release):
    with boa.env.prank(sender.address):
        escrow.settle(funder.address, request, release)


def refund(escrow, sender, funder, request):
    with boa.env.prank(sender.address):
        escrow.refund(funder.address, request)


def state(escrow, funder, request) -> int:
    return escrow.campaign_of(funder.address, request)[6]


def halt(house, operator):
    with boa.env.prank(operator.address):
        house.stewardship.halt()


def past(facts):
    boa.env.time_travel(seconds=facts["deadline"] - now() + 1)


def test_funding_takes_the_bounty_and_keeps_the_terms(escrow, token, developer, asked):
    before = token.balanceOf(developer.address)
    facts = fund(escrow, token, developer, asked)
    (log,) = events_of(escrow, "Funded")
    assert (log.funder, log.request) == (developer.address, facts["request"])
    assert (log.dataset, log.recipient) == (asked, facts["recipient"])
    assert (log.token, log.bounty) == (token.address, BOUNTY)
    assert (log.threshold, log.deadline) == (3, facts["deadline"])
    assert token.balanceOf(escrow.address) == BOUNTY
    assert token.balanceOf(developer.address) == before - BOUNTY
    assert escrow.campaign_of(developer.address, facts["request"]) == (
        *(asked, facts["recipient"], token.address, BOUNTY, 3, facts["deadline"], OPEN),
    )


def test_widest_values_fit_their_words(escrow, token, developer, asked):
    widest = {"bounty": 2**96 - 1, "threshold": 2**48 - 1, "deadline": now() + 366 * 86_400}
    token.mint(developer.address, 2**96)
    facts = fund(escrow, token, developer, asked, recipient="0x" + "Ff" * 20, **widest)
    kept = escrow.campaign_of(developer.address, facts["request"])
    assert kept[1].lower() == "0x" + "ff" * 20
    assert kept[3:] == (*widest.values(), OPEN)


def test_nothing_is_known_of_a_request_never_funded(escrow, developer):
    nothing = (bytes(32), NOBODY, NOBODY, 0, 0, 0, 0)
    assert escrow.campaign_of(developer.address, b"\x01" * 32) == nothing


def test_settling_buys_the_license_and_gives_the_change_back(
    house, token, developer, operator, asked, release
):
    before = token.balanceOf(developer.address)
    facts = fund(house.escrow, token, developer, asked)
    settle(house.escrow, operator, developer, facts["request"], release)
    (log,) = events_of(house.escrow, "Settled")
    assert (log.funder, log.request, log.release) == (
        *(developer.address, facts["request"], release),
    )
    assert (log.price, log.change) == (PRICE, BOUNTY - PRICE)
    assert house.market.licensed(release, facts["recipient"])
    assert token.balanceOf(developer.address) == before - PRICE
    assert token.balanceOf(house.market.address) == PRICE
    assert token.balanceOf(house.escrow.address) == 0
    assert token.allowance(house.escrow.address, house.market.address) == 0
    kept = house.escrow.campaign_of(developer.address, facts["request"])
    assert kept[:2] == (asked, facts["recipient"])
    assert kept[2:] == (token.address, BOUNTY, 3, facts["deadline"], SETTLED)


def test_the_funder_settles_without_change(house, token, developer, asked, release):
    facts = fund(house.escrow, token, developer, asked, bounty=PRICE)
    settle(house.escrow, developer, developer, facts["request"], release)
    assert [log.change for log in events_of(house.escrow, "Settled")] == [0]
    assert house.market.licensed(release, facts["recipient"])


def test_a_campaign_settles_in_its_last_second(house, token, developer, asked, release):
    facts = fund(house.escrow, token, developer, asked)
    boa.env.time_travel(seconds=facts["deadline"] - now())
    with boa.reverts("escrow: before the deadline"):
        refund(house.escrow, developer, developer, facts["request"])
    settle(house.escrow, developer, developer, facts["request"], release)


def test_anyone_refunds_after_the_deadline(escrow, token, developer, relayer, asked):
    before = token.balanceOf(developer.address)
    facts = fund(escrow, token, developer, asked)
    past(facts)
    refund(escrow, relayer, developer, facts["request"])
    (log,) = events_of(escrow, "Refunded")
    assert (log.funder, log.request, log.bounty) == (
        *(developer.address, facts["request"], BOUNTY),
    )
    assert token.balanceOf(developer.address) == before
    assert token.balanceOf(escrow.address) == 0
    assert state(escrow, developer, facts["request"]) == REFUNDED


def test_only_the_operator_refunds_before_the_deadline(
    house, token, developer, operator, keys, asked
):
    facts = fund(house.escrow, token, developer, asked)
    for stranger in (developer, *keys):
        with boa.reverts("escrow: before the deadline"):
            refund(house.escrow, stranger, developer, facts["request"])
    refund(house.escrow, operator, developer, facts["request"])
    assert state(house.escrow, developer, facts["request"]) == REFUNDED


def test_only_the_present_operator_or_the_funder_settles(
    house, token, developer, driver, operator, keys, asked, release
):
    facts = fund(house.escrow, token, developer, asked)
    for stranger in (driver, *keys):
        with boa.reverts("escrow: not the operator"):
            settle(house.escrow, stranger, developer, facts["request"], release)
    newcomer = new_key()
    change(house.stewardship, keys, "operator", padded(newcomer.address))
    with boa.reverts("escrow: not the operator"):
        settle(house.escrow, operator, developer, facts["request"], release)
    settle(house.escrow, newcomer, developer, facts["request"], release)


def test_a_campaign_ends_once(house, token, developer, operator, asked, release):
    settled, refunded = (fund(house.escrow, token, developer, asked) for _ in range(2))
    settle(house.escrow, operator, developer, settled["request"], release)
    refund(house.escrow, operator, developer, refunded["request"])
    for facts in (settled, refunded):
        with boa.reverts("escrow: not open"):
            settle(house.escrow, operator, developer, facts["request"], release)
        with boa.reverts("escrow: not open"):
            refund(house.escrow, operator, developer, facts["request"])
        with boa.reverts("escrow: request used already"):
            fund(house.escrow, token, developer, asked, request=facts["request"])
    past(settled)
    for facts in (settled, refunded):
        with boa.reverts("escrow: not open"):
            refund(house.escrow, developer, developer, facts["request"])
    assert token.balanceOf(house.escrow.address) == 0


def test_it_knows_no_campaign_that_nobody_funded(escrow, operator, developer):
    with boa.reverts("escrow: no such campaign"):
        settle(escrow, operator, developer, b"\x01" * 32, b"\x02" * 32)
    with boa.reverts("escrow: no such campaign"):
        refund(escrow, operator, developer, b"\x01" * 32)


def test_two_funders_may_name_their_campaigns_alike(escrow, token, developer, driver, asked):
    token.mint(driver.address, BOUNTY)
    facts = fund(escrow, token, developer, asked)
    fund(escrow, token, driver, asked, request=facts["request"], deadline=now() + 60)
    boa.env.time_travel(seconds=61)
    refund(escrow, driver, driver, facts["request"])
    assert state(escrow, developer, facts["request"]) == OPEN
    assert token.balanceOf(escrow.address) == BOUNTY


def test_it_does_not_settle_after_the_deadline(house, token, developer, operator, asked, release):
    facts = fund(house.escrow, token, developer, asked)
    past(facts)
    for sender in (operator, developer):
        with boa.reverts("escrow: past the deadline"):
            settle(house.escrow, sender, developer, facts["request"], release)


def test_it_does_not_settle_with_a_release_that_was_not_agreed(
    house, token, developer, operator, asked, tree, release
):
    def refused(reason, release, **changed):
        facts = fund(house.escrow, token, developer, asked, **changed)
        with boa.reverts(reason):
            settle(house.escrow, operator, developer, facts["request"], release)
        refund(house.escrow, operator, developer, facts["request"])

    other = publish(house.market, operator, open_dataset(house, operator, token), tree)
    refused("escrow: another dataset", other)
    refused("escrow: another dataset", b"\x07" * 32)
    refused("escrow: too few contributors", release, threshold=4)
    refused("escrow: price above bounty", release, bounty=PRICE - 1)
    assert token.balanceOf(house.escrow.address) == 0


def test_a_recipient_licensed_already_leaves_the_refund(
    house, token, developer, operator, asked, release
):
    facts = fund(house.escrow, token, developer, asked)
    buy(house.market, token, developer, release, facts["recipient"])
    with boa.reverts("market: already licensed"):
        settle(house.escrow, operator, developer, facts["request"], release)
    before = token.balanceOf(developer.address)
    refund(house.escrow, operator, developer, facts["request"])
    assert token.balanceOf(developer.address) == before + BOUNTY


def test_a_halt_stops_funding_and_settling_and_no_refund(
    house, token, developer, operator, relayer, asked, release
):
    early, late = (fund(house.escrow, token, developer, asked) for _ in range(2))
    halt(house, operator)
    with boa.reverts("escrow: halted"):
        fund(house.escrow, token, developer, asked)
    with boa.reverts("escrow: halted"):
        order = fund_order(house.escrow, token, developer, campaign(asked))
        house.escrow.fund_with_order(*order)
    with boa.reverts("market: halted"):
        settle(house.escrow, operator, developer, early["request"], release)
    refund(house.escrow, operator, developer, early["request"])
    past(late)
    refund(house.escrow, relayer, developer, late["request"])
    assert token.balanceOf(house.escrow.address) == 0


def test_a_refund_asks_neither_market_nor_stewardship(compiled, token, developer, relayer):
    broken = boa.loads(BREAKABLE_MARKET, token.address, PRICE)
    escrow = compiled["CampaignEscrow"].deploy(broken.address, broken.address)
    facts = fund(escrow, token, developer, b"\x01" * 32)
    broken.break_down()
    past(facts)
    refund(escrow, relayer, developer, facts["request"])
    assert token.balanceOf(escrow.address) == 0


@pytest.mark.parametrize("taken", [PRICE - 1, 0])
def test_a_market_that_takes_another_price_gets_nothing(compiled, token, developer, taken):
    odd = boa.loads(BREAKABLE_MARKET, token.address, PRICE)
    escrow = compiled["CampaignEscrow"].deploy(odd.address, odd.address)
    facts = fund(escrow, token, developer, b"\x01" * 32)
    odd.take(taken)
    with boa.reverts("escrow: wrong price taken"):
        settle(escrow, developer, developer, facts["request"], b"\x01" * 32)
    assert token.balanceOf(escrow.address) == BOUNTY


def test_a_market_cannot_take_another_campaigns_bounty(compiled, token, developer):
    odd = boa.loads(BREAKABLE_MARKET, token.address, PRICE)
    escrow = compiled["CampaignEscrow"].deploy(odd.address, odd.address)
    facts, _other = (fund(escrow, token, developer, b"\x01" * 32) for _ in range(2))
    odd.take(PRICE + 1)
    with boa.reverts("erc20: insufficient allowance"):
        settle(escrow, developer, developer, facts["request"], b"\x01" * 32)
    assert token.balanceOf(escrow.address) == 2 * BOUNTY


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"recipient": NOBODY}, "escrow: no recipient"),
        ({"bounty": 0}, "escrow: no bounty"),
        ({"bounty": 2**96}, "escrow: bounty too high"),
        ({"threshold": 0}, "escrow: no threshold"),
        ({"threshold": 2**48}, "escrow: threshold too high"),
        ({"dataset": b"\x09" * 32}, "escrow: no such dataset"),
        ({"deadline": 0}, "escrow: wrong deadline"),
        ({"deadline": 2**64 - 1}, "escrow: wrong deadline"),
    ],
)
def test_it_refuses_a_bad_campaign(escrow, token, developer, asked, changed, reason):
    with boa.reverts(reason):
        fund(escrow, token, developer, **({"dataset": asked} | changed))


def test_a_deadline_lies_ahead_and_at_most_a_year(escrow, token, developer, asked):
    for wrong in (now(), now() + 366 * 86_400 + 1):
        with boa.reverts("escrow: wrong deadline"):
            fund(escrow, token, developer, asked, deadline=wrong)
    fund(escrow, token, developer, asked, deadline=now() + 1)
    fund(escrow, token, developer, asked, deadline=now() + 366 * 86_400)


def test_it_takes_no_more_than_was_allowed(escrow, token, developer, asked):
    facts = campaign(asked)
    with boa.env.prank(developer.address):
        token.approve(escrow.address, BOUNTY - 1)
        with boa.reverts("erc20: insufficient allowance"):
            escrow.fund(*facts.values())


def test_a_relayed_order_pays_with_its_permit(escrow, token, developer, relayer, asked):
    facts = campaign(asked)
    with boa.env.prank(relayer.address):
        escrow.fund_with_order(*fund_order(escrow, token, developer, facts))
    (log,) = events_of(escrow, "Funded")
    assert (log.funder, log.recipient) == (developer.address, facts["recipient"])
    assert token.balanceOf(escrow.address) == BOUNTY
    assert state(escrow, developer, facts["request"]) == OPEN


def test_a_permit_that_somebody_used_already_does_no_harm(escrow, token, developer, asked):
    facts = campaign(asked)
    sent = fund_order(escrow, token, developer, facts)
    *_, deadline, permit = sent
    parts = (permit[64], permit[:32], permit[32:64])
    token.permit(developer.address, escrow.address, BOUNTY, deadline, *parts)
    escrow.fund_with_order(*sent)
    assert state(escrow, developer, facts["request"]) == OPEN


def test_an_order_without_permit_uses_the_allowance(escrow, token, developer, asked):
    sent = fund_order(escrow, token, developer, campaign(asked))
    with boa.env.prank(developer.address):
        token.approve(escrow.address, BOUNTY)
    escrow.fund_with_order(*sent[:-1], b"")
    assert token.balanceOf(escrow.address) == BOUNTY


def test_an_order_is_good_for_one_use(escrow, token, developer, operator, asked):
    facts = campaign(asked)
    sent = fund_order(escrow, token, developer, facts)
    escrow.fund_with_order(*sent)
    with boa.env.prank(developer.address):
        token.approve(escrow.address, 2**256 - 1)
    with boa.reverts("escrow: request used already"):
        escrow.fund_with_order(*sent)
    refund(escrow, operator, developer, facts["request"])
    with boa.reverts("escrow: request used already"):
        escrow.fund_with_order(*sent)


def test_every_word_of_an_order_is_signed(escrow, token, developer, asked):
    sent = fund_order(escrow, token, developer, campaign(asked))
    other = {
        0: new_key().address,
        1: new_key().address,
        2: b"\x01" * 32,
        3: b"\x02" * 32,
        4: BOUNTY - 1,
        5: 1,
        6: sent[6] + 1,
        7: sent[7] + 1,
    }
    for place, value in other.items():
        with boa.reverts("escrow: wrong signature"):
            escrow.fund_with_order(*sent[:place], value, *sent[place + 1 :])


def test_it_takes_one_form_of_a_signature(escrow, token, developer, driver, asked):
    facts = campaign(asked)
    sent = fund_order(escrow, token, developer, facts)
    good = sent[8]
    forms = (
        high_s(good),
        good[:64] + bytes([good[64] - 27]),
        good[:64],
        b"",
        fund_signature(escrow, driver, developer.address, facts, sent[7]),
    )
    for signature in forms:
        with boa.reverts("escrow: wrong signature"):
            escrow.fund_with_order(*sent[:8], signature, *sent[9:])


def test_a_signature_for_another_contract_or_chain_is_refused(escrow, token, developer, asked):
    facts = campaign(asked)
    sent = fund_order(escrow, token, developer, facts)
    for domain in (
        typed_data.escrow_domain(chain_id() + 1, escrow.address),
        typed_data.escrow_domain(chain_id(), token.address),
        typed_data.market_domain(chain_id(), escrow.address),
    ):
        typed = typed_data.fund(domain, funder=developer.address, valid_until=sent[7], **facts)
        with boa.reverts("escrow: wrong signature"):
            escrow.fund_with_order(*sent[:8], developer.sign(typed), *sent[9:])


def test_nobody_has_signed_for_nobody(escrow, token, developer, asked):
    facts = campaign(asked)
    sent = fund_order(escrow, token, developer, facts)
    with boa.reverts("escrow: wrong signature"):
        escrow.fund_with_order(NOBODY, *sent[1:8], b"\x00" * 64 + b"\x1b", *sent[9:])


def test_it_refuses_an_order_past_its_time(escrow, token, developer, asked):
    sent = fund_order(escrow, token, developer, campaign(asked), valid_until=now() - 1)
    with boa.reverts("escrow: order expired"):
        escrow.fund_with_order(*sent)


def test_it_refuses_a_bad_permit_without_allowance(escrow, token, developer, driver, asked):
    sent = fund_order(escrow, token, developer, campaign(asked))
    with boa.reverts("escrow: permit refused"):
        escrow.fund_with_order(
            *sent[:-1],
            driver.sign(
                typed_data.permit(
                    typed_data.token_domain("Test Dollar", chain_id(), token.address),
                    owner=developer.address,
                    spender=escrow.address,
                    value=BOUNTY,
                    nonce=0,
                    deadline=sent[9],
                )
            ),
        )


def test_an_order_of_an_unknown_dataset_is_refused(escrow, token, developer):
    with boa.reverts("escrow: no such dataset"):
        escrow.fund_with_order(*fund_order(escrow, token, developer, campaign(b"\x09" * 32)))


@pytest.mark.parametrize(("answer", "is_taken"), [("1626ba7e", True), ("ffffffff", False)])
def test_a_contract_account_signs_by_its_own_rule(escrow, token, asked, answer, is_taken):
    account = boa.loads(CONTRACT_ACCOUNT, bytes.fromhex(answer), token.address, escrow.address)
    token.mint(account.address, BOUNTY)
    facts = campaign(asked)
    sent = (
        *(account.address, facts["recipient"], facts["request"], asked),
        *(BOUNTY, facts["threshold"], facts["deadline"], now() + 60, b"\x01", 0, b""),
    )
    if is_taken:
        escrow.fund_with_order(*sent)
        assert token.balanceOf(escrow.address) == BOUNTY
    else:
        with boa.reverts("escrow: wrong signature"):
            escrow.fund_with_order(*sent)


def odd_token(compiled, name, funder):
    coin = compiled[name].deploy()
    coin.mint(funder.address, 10 * BOUNTY)
    return coin


def test_it_refuses_a_token_that_takes_a_fee(compiled, house, operator, developer):
    coin = odd_token(compiled, "FeeToken", developer)
    dataset = open_dataset(house, operator, coin)
    with boa.reverts("escrow: token took a fee"):
        fund(house.escrow, coin, developer, dataset)


def test_a_fee_that_begins_later_never_touches_another_campaign(
    compiled, house, operator, developer, tree
):
    coin = odd_token(compiled, "FeeToken", developer)
    coin.set_fee_bps(0)
    dataset = open_dataset(house, operator, coin)
    release = publish(house.market, operator, dataset, tree)
    ended, kept = (fund(house.escrow, coin, developer, dataset) for _ in range(2))
    coin.set_fee_bps(100)
    with boa.reverts("market: token took a fee"):
        settle(house.escrow, operator, developer, ended["request"], release)
    refund(house.escrow, operator, developer, ended["request"])
    assert coin.balanceOf(house.escrow.address) == BOUNTY
    refund(house.escrow, operator, developer, kept["request"])
    assert coin.balanceOf(house.escrow.address) == 0


def test_it_refuses_a_token_that_answers_false(compiled, house, operator, developer):
    coin = odd_token(compiled, "FalseToken", developer)
    dataset = open_dataset(house, operator, coin)
    with boa.reverts("escrow: not paid"):
        fund(house.escrow, coin, developer, dataset)


def test_a_token_that_answers_false_later_leaves_the_campaign_open(
    compiled, house, operator, developer, tree
):
    coin = odd_token(compiled, "FalseToken", developer)
    coin.set_honest(True)
    dataset = open_dataset(house, operator, coin)
    release = publish(house.market, operator, dataset, tree)
    facts = fund(house.escrow, coin, developer, dataset)
    coin.set_honest(False)
    with boa.reverts("escrow: not paid out"):
        refund(house.escrow, operator, developer, facts["request"])
    with boa.reverts("escrow: not approved"):
        settle(house.escrow, operator, developer, facts["request"], release)
    coin.set_honest(True)
    refund(house.escrow, operator, developer, facts["request"])
    assert coin.balanceOf(house.escrow.address) == 0


def test_a_token_that_answers_nothing_is_money_too(compiled, house, operator, developer, tree):
    coin = odd_token(compiled, "SilentToken", developer)
    dataset = open_dataset(house, operator, coin)
    release = publish(house.market, operator, dataset, tree)
    settled, refunded = (fund(house.escrow, coin, developer, dataset) for _ in range(2))
    settle(house.escrow, operator, developer, settled["request"], release)
    refund(house.escrow, operator, developer, refunded["request"])
    assert coin.balanceOf(house.escrow.address) == 0
    assert coin.balanceOf(developer.address) == 10 * BOUNTY - PRICE


def test_a_reentrant_token_gains_nothing(compiled, house, operator, developer, relayer, keys, tree):
    """The token is the operator and has money: only the lock stands between it and the calls."""
    escrow, coin = house.escrow, odd_token(compiled, "ReentrantToken", developer)
    dataset = open_dataset(house, operator, coin)
    release = publish(house.market, operator, dataset, tree)
    change(house.stewardship, keys, "operator", padded(coin.address))
    coin.mint(coin.address, BOUNTY)
    with boa.env.prank(coin.address):
        coin.approve(escrow.address, BOUNTY)
    due, sold, other = (
        fund(escrow, coin, developer, dataset, deadline=now() + seconds)
        for seconds in (60, 7_200, 7_200)
    )
    boa.env.time_travel(seconds=3_600)
    for call in (
        escrow.refund.prepare_calldata(developer.address, other["request"]),
        escrow.settle.prepare_calldata(developer.address, other["request"], release),
        escrow.fund.prepare_calldata(*campaign(dataset).values()),
    ):
        with boa.env.anchor():
            coin.aim(escrow.address, call)
            refund(escrow, relayer, developer, due["request"])
            assert (coin.calls(), coin.successes()) == (1, 0)
            coin.aim(escrow.address, call)
            settle(escrow, developer, developer, sold["request"], release)
            assert (coin.calls(), coin.successes()) == (2, 0)
            coin.aim(escrow.address, call)
            fund(escrow, coin, developer, dataset)
            assert (coin.calls(), coin.successes()) == (3, 0)
            assert coin.balanceOf(escrow.address) == 2 * BOUNTY


def test_what_lies_in_escrow_is_the_sum_of_the_open_campaigns(
    house, token, developer, operator, asked, release, tree
):
    facts = [
        fund(house.escrow, token, developer, asked, bounty=PRICE + extra) for extra in range(6)
    ]
    other = publish(house.market, operator, asked, tree, price=7)
    settle(house.escrow, operator, developer, facts[0]["request"], release)
    settle(house.escrow, operator, developer, facts[1]["request"], other)
    refund(house.escrow, operator, developer, facts[2]["request"])
    left = sum(fact["bounty"] for fact in facts[3:])
    assert token.balanceOf(house.escrow.address) == left
    assert token.balanceOf(house.market.address) == PRICE + 7
    assert token.balanceOf(developer.address) == 10**6 * COIN - left - PRICE - 7


def test_a_change_of_fee_reaches_no_campaign(
    house, token, developer, operator, keys, asked, release
):
    facts = fund(house.escrow, token, developer, asked)
    change(house.stewardship, keys, "fee_bps", number(1_500))
    settle(house.escrow, operator, developer, facts["request"], release)
    assert house.market.fees_of(token.address) == PRICE * FEE_BPS // 10_000


def test_it_refuses_to_stand_without_the_market_of_its_stewardship(compiled, house):
    with boa.reverts("escrow: no market"):
        compiled["CampaignEscrow"].deploy(new_key().address, house.stewardship.address)
    with boa.reverts("escrow: another stewardship"):
        compiled["CampaignEscrow"].deploy(house.market.address, new_key().address)

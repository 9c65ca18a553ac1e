"""Funding by a signed order: success, then each refusal by its text."""

import boa
import pytest

from protocol import typed_data
from tests.contracts.campaigns import (
    BOUNTY,
    NOBODY,
    OPEN,
    campaign,
    events_of,
    fund_order,
    fund_signature,
    refund,
    state,
)
from tests.contracts.conftest import chain_id, high_s, new_key, now


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
def test_a_contract_account_signs_by_its_own_rule(compiled, escrow, token, asked, answer, is_taken):
    account = compiled["FundingAccount"].deploy(
        bytes.fromhex(answer), token.address, escrow.address
    )
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

"""Words of the stewardship and the escrow for their tests: agree, fund, settle, refund."""

import secrets
from typing import Any

import boa

from protocol import typed_data
from tests.contracts.conftest import COIN, FEE_BPS, Key, chain_id, new_key, now

SETTING = {
    "fee_bps": 1,
    "treasury": 2,
    "operator": 3,
    "licensor": 4,
    "builder_key": 5,
    "first_key": 6,
    "second_key": 7,
}
BOUNTY = 150 * COIN + 1
MONTH_S = 30 * 86_400
NOBODY = "0x" + "00" * 20
OPEN, SETTLED, REFUNDED = 1, 2, 3


def number(value: int) -> bytes:
    return value.to_bytes(32)


def padded(address: str) -> bytes:
    return bytes(12) + bytes.fromhex(address[2:])


def events_of(contract, name: str) -> list[Any]:
    return [log for log in contract.get_logs() if type(log).__name__ == name]


def deploy_stewardship(compiled, keys, operator, treasury, licensor=None, builder_key=b"\x05" * 32):
    return compiled["Stewardship"].deploy(
        *(key.address for key in keys),
        operator.address,
        (licensor or new_key()).address,
        treasury.address,
        FEE_BPS,
        builder_key,
    )


def change(stewardship, keys, name: str, value: bytes) -> None:
    """Let both keys agree on a value and wait until it stands."""
    setting = SETTING[name]
    with boa.env.prank(keys[0].address):
        stewardship.propose(setting, value)
    with boa.env.prank(keys[1].address):
        stewardship.second(setting, value)
    boa.env.time_travel(seconds=stewardship.DELAY())
    stewardship.enact(setting)


def campaign(dataset: bytes, **changed) -> dict[str, Any]:
    """Return the arguments of `fund` in their order."""
    return {
        "request": secrets.token_bytes(16) + bytes(16),
        "dataset": dataset,
        "recipient": new_key().address,
        "bounty": BOUNTY,
        "threshold": 3,
        "deadline": now() + MONTH_S,
    } | changed


def fund(escrow, token, funder: Key, dataset: bytes, **changed) -> dict[str, Any]:
    facts = campaign(dataset, **changed)
    with boa.env.prank(funder.address):
        token.approve(escrow.address, facts["bounty"])
        escrow.fund(*facts.values())
    return facts


def fund_signature(escrow, signer: Key, funder: str, facts, valid_until: int) -> bytes:
    domain = typed_data.escrow_domain(chain_id(), escrow.address)
    return signer.sign(typed_data.fund(domain, funder=funder, valid_until=valid_until, **facts))


def fund_permit(escrow, token, funder: Key, bounty: int, deadline: int) -> bytes:
    return funder.sign(
        typed_data.permit(
            typed_data.token_domain("Test Dollar", chain_id(), token.address),
            owner=funder.address,
            spender=escrow.address,
            value=bounty,
            nonce=token.nonces(funder.address),
            deadline=deadline,
        )
    )


def fund_order(escrow, token, funder: Key, facts, *, signer=None, valid_until=None):
    """Return the arguments of `fund_with_order` in their order."""
    until = valid_until or now() + 3_600
    return (
        *(funder.address, facts["recipient"], facts["request"], facts["dataset"]),
        *(facts["bounty"], facts["threshold"], facts["deadline"], until),
        fund_signature(escrow, signer or funder, funder.address, facts, until),
        now() + 3_600,
        fund_permit(escrow, token, funder, facts["bounty"], now() + 3_600),
    )


def settle(escrow, sender, funder, request, release):
    with boa.env.prank(sender.address):
        escrow.settle(funder.address, request, release)


def refund(escrow, sender, funder, request):
    with boa.env.prank(sender.address):
        escrow.refund(funder.address, request)


def state(escrow, funder, request) -> int:
    return escrow.campaign_of(funder.address, request)[6]


def past(facts):
    """Let time pass until the deadline is over."""
    boa.env.time_travel(seconds=facts["deadline"] - now() + 1)

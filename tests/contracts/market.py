"""Words of the market for its tests: publish, buy, order, claim."""

import secrets

import boa

from protocol import merkle, typed_data
from tests.contracts.conftest import COIN, FEE_BPS, chain_id, new_key, now

PRICE = 100 * COIN + 7
HOUR_S = 3_600


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


def open_dataset(market, operator, coin) -> bytes:
    """Open a dataset that is paid for in this token."""
    dataset = secrets.token_bytes(32)
    with boa.env.prank(operator.address):
        market.create_dataset(dataset, coin.address, FEE_BPS, 10**6)
    return dataset


def claim_item(tree, contributors, index, release):
    share = merkle.shares_of([key.address for key in contributors])[index]
    return (release, share.start, share.weight, tree.proof(index))


def claim_signature(market, key, to, releases, deadline):
    typed = typed_data.claim(
        market_domain(market), driver=key.address, to=to, releases=releases, deadline=deadline
    )
    return key.sign(typed)

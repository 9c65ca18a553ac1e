"""What a campaign and a developer's licence cost on the chain."""

from bench import market_gas
from bench.dev_chain import BEGAN_AT, CHAIN_ID, DevChain, Key
from protocol import typed_data

ESCROW = "CampaignEscrow"
BOUNTY = 2 * market_gas.PRICE
THRESHOLD = 500
DEADLINE = BEGAN_AT + 30 * 86_400


def measure(chain: DevChain) -> dict[str, int]:
    """Return gas by act, after one campaign that is not counted; the market stands and sells."""
    funder, relayed = chain.accounts[6], Key.number(3)
    for holder in (funder, relayed.address):
        chain.gas(market_gas.TOKEN, "mint", holder, market_gas.RICH)
    chain.gas(market_gas.TOKEN, "approve", chain.addresses[ESCROW], 2**256 - 1, sender=funder)
    _fund(chain, funder, 0)
    used = {
        "campaign_fund": _fund(chain, funder, 1),
        "campaign_fund_with_order": _fund_with_order(chain, relayed, 2),
        "campaign_settle": chain.gas(ESCROW, "settle", funder, _request(1), market_gas.release(2)),
        "licence_give": chain.gas("DeveloperLicence", "give", relayed.address),
    }
    chain.pass_time(31 * 86_400)
    return {**used, "campaign_refund": chain.gas(ESCROW, "refund", funder, _request(0))}


def _fund(chain: DevChain, funder: str, number: int) -> int:
    terms = (_request(number), market_gas.DATASET, _recipient(number), BOUNTY, THRESHOLD, DEADLINE)
    return chain.gas(ESCROW, "fund", *terms, sender=funder)


def _fund_with_order(chain: DevChain, funder: Key, number: int) -> int:
    domain = typed_data.escrow_domain(CHAIN_ID, chain.addresses[ESCROW])
    order = typed_data.fund(
        domain,
        funder=funder.address,
        recipient=_recipient(number),
        request=_request(number),
        dataset=market_gas.DATASET,
        bounty=BOUNTY,
        threshold=THRESHOLD,
        deadline=DEADLINE,
        valid_until=DEADLINE,
    )
    permit = typed_data.permit(
        typed_data.token_domain("Test Dollar", CHAIN_ID, chain.addresses[market_gas.TOKEN]),
        owner=funder.address,
        spender=chain.addresses[ESCROW],
        value=BOUNTY,
        nonce=0,
        deadline=DEADLINE,
    )
    parties = (funder.address, _recipient(number), _request(number), market_gas.DATASET)
    bounds = (BOUNTY, THRESHOLD, DEADLINE, DEADLINE, funder.sign(order))
    return chain.gas(ESCROW, "fund_with_order", *parties, *bounds, DEADLINE, funder.sign(permit))


def _recipient(number: int) -> str:
    return Key.number(900 + number).address


def _request(number: int) -> bytes:
    return bytes([0xC0 + number]) * 16 + bytes(16)

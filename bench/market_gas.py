"""What a dataset costs on the chain: opening, publishing, selling, paying a thousand drivers."""

from collections.abc import Sequence

from bench.dev_chain import BEGAN_AT, CHAIN_ID, FEE_BPS, DevChain, Key
from protocol import merkle, typed_data

MARKET, TOKEN = "ReleaseMarket", "TestStablecoin"
DATASET = bytes(range(21, 37)) + bytes(16)
PRICE = 12_500_000
RHO = 24_360
RICH = 10**12
LATE = BEGAN_AT + 300 * 86_400
CONTRIBUTORS = 1_000
RELEASES = 10
WORD = 8
"""Neighbours in the list whose counts of sales share one word of storage."""
PLACE = 504
"""First of eight neighbours whose proofs are as long as any in the tree."""
FAR_PLACE = 256
NEAR_PLACE = 128


class Market:
    """A market with one dataset, whose releases all have the same thousand contributors."""

    def __init__(self, chain: DevChain) -> None:
        self.chain = chain
        firsts = (PLACE, FAR_PLACE, NEAR_PLACE)
        known = [place for first in firsts for place in range(first, first + WORD)]
        keys = sorted(map(Key.number, range(50_000, 50_000 + CONTRIBUTORS)), key=_number)
        self.keys = {place: keys[place] for place in known}
        self.shares = merkle.shares_of([key.address for key in keys])
        self.tree = merkle.Tree(self.shares)
        self.domain = typed_data.market_domain(CHAIN_ID, chain.addresses[MARKET])

    def open_dataset(self) -> int:
        """Return the gas of a new dataset."""
        token = self.chain.addresses[TOKEN]
        return self.chain.gas(MARKET, "create_dataset", DATASET, token, FEE_BPS, 1_000_000)

    def publish(self, number: int) -> int:
        """Return the gas of the publication of a release."""
        digests = [bytes([number + 1, part]) * 16 for part in (1, 2)]
        facts = (release(number), DATASET, *digests, self.tree.root, CONTRIBUTORS, RHO, PRICE, 0)
        return self.chain.gas(MARKET, "publish", *facts)

    def buy(self, number: int, buyer: str, recipient: str) -> int:
        """Return the gas of a purchase with an allowance that stands."""
        return self.chain.gas(MARKET, "buy", release(number), PRICE, recipient, sender=buyer)

    def buy_with_permit(self, number: int, buyer: Key, permits_used: int) -> int:
        """Return the gas of a relayed order with its permit."""
        order = typed_data.order(
            self.domain,
            buyer=buyer.address,
            recipient=buyer.address,
            release=release(number),
            max_price=PRICE,
            deadline=LATE,
        )
        permit = typed_data.permit(
            typed_data.token_domain("Test Dollar", CHAIN_ID, self.chain.addresses[TOKEN]),
            owner=buyer.address,
            spender=self.chain.addresses[MARKET],
            value=PRICE,
            nonce=permits_used,
            deadline=LATE,
        )
        parties = (buyer.address, buyer.address, release(number), PRICE, LATE, buyer.sign(order))
        return self.chain.gas(MARKET, "buy_with_order", *parties, PRICE, LATE, buyer.sign(permit))

    def claim(self, place: int, numbers: Sequence[int], to: str) -> int:
        """Return the gas of one relayed claim of one contributor on some releases."""
        driver, share = self.keys[place], self.shares[place]
        wanted = [release(number) for number in numbers]
        signed = driver.sign(
            typed_data.claim(
                self.domain, driver=driver.address, to=to, releases=wanted, deadline=LATE
            )
        )
        items = [(one, share.start, share.weight, self.tree.proof(place)) for one in wanted]
        return self.chain.gas(MARKET, "claim", driver.address, to, items, LATE, signed)


def measure(chain: DevChain) -> dict[str, int]:
    """Return gas by act. `additional`: what one more release adds to a claim."""
    market = Market(chain)
    used = {"dataset_create": market.open_dataset(), "release_publish": market.publish(0)}
    for number in range(1, RELEASES):
        market.publish(number)
    return {**used, **_sales(market), **_claims(market)}


def release(number: int) -> bytes:
    """Return the id of a release."""
    return bytes([0xA0 + number]) * 16 + bytes(16)


def _sales(market: Market) -> dict[str, int]:
    chain, buyer, other = market.chain, Key.number(2), market.chain.accounts[5]
    for holder in (buyer.address, other):
        chain.gas(TOKEN, "mint", holder, RICH)
    chain.gas(TOKEN, "approve", chain.addresses[MARKET], 2**256 - 1, sender=other)
    first = market.buy_with_permit(0, buyer, 0)
    for number in range(1, RELEASES):
        market.buy(number, other, other)
    return {
        "buy_first_sale_of_all": first,
        "buy_with_allowance": market.buy(0, other, other),
        "buy_with_permit": market.buy_with_permit(1, buyer, 1),
    }


def _claims(market: Market) -> dict[str, int]:
    """Claim as a stranger first, then in words of storage that are new, then beside neighbours."""
    more = range(1, RELEASES)
    new, known = "0x" + "5a" * 20, "0x" + "5b" * 20
    market.chain.gas(TOKEN, "mint", known, 1)
    first = market.claim(NEAR_PLACE, [0], new)
    alone = market.claim(FAR_PLACE, [0], known)
    worst = market.claim(FAR_PLACE + 1, more, known) - alone
    beside = [
        market.claim(place, more, known) - market.claim(place, [0], known)
        for place in range(PLACE, PLACE + WORD)
    ]
    extra = len(more) - 1
    return {
        "claim_first_release": first,
        "claim_additional_release": _up(worst, extra),
        "claim_additional_release_average": _up(sum(beside), extra * len(beside)),
    }


def _up(total: int, parts: int) -> int:
    return -(-total // parts)


def _number(key: Key) -> int:
    return int(key.address, 16)

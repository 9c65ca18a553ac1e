"""How much gas and how high a fee a transaction may use."""

from dataclasses import dataclass

MARGIN_PERCENT = 25
"""An estimate can be short: what it wrote for nothing may cost in the next block."""

TIP_WEI = 1_000_000_000

RAISE_PERMILLE = 125
"""Nodes want a tenth more before they take one transaction in the place of another."""

MOST_GAS = 2**24
"""No transaction may use more, however much a block holds (EIP-7825)."""


@dataclass(frozen=True)
class Prices:
    """Highest prices per unit of gas, in wei."""

    most_wei: int
    tip_wei: int


@dataclass(frozen=True)
class Terms:
    """What the newest block asks: its base fee, in wei, and the gas that fits into one block."""

    base_fee_wei: int
    gas_limit: int

    def fits(self, gas: int) -> bool:
        """Return True when one transaction may use so much."""
        return gas <= min(self.gas_limit, MOST_GAS)


def limit_for(estimate: int) -> int:
    """Return the gas limit for an estimate: a quarter more, rounded up."""
    return -(-estimate * (100 + MARGIN_PERCENT) // 100)


def fees_at(base_fee_wei: int, cap_wei: int) -> Prices:
    """Return prices that stay good while the base fee doubles, unless the cap is lower."""
    most_wei = min(2 * base_fee_wei + TIP_WEI, cap_wei)
    return Prices(most_wei=most_wei, tip_wei=min(TIP_WEI, most_wei))


def raised(old: Prices, base_fee_wei: int, cap_wei: int) -> Prices | None:
    """Return prices that a node takes instead of the old ones; None when the cap forbids it.

    Both are an eighth higher, rounded up, and no lower than what would be asked now.
    """
    now = fees_at(base_fee_wei, cap_wei)
    most_wei = max(_an_eighth_more(old.most_wei), now.most_wei)
    tip_wei = max(_an_eighth_more(old.tip_wei), now.tip_wei)
    return Prices(most_wei, tip_wei) if most_wei <= cap_wei else None


def _an_eighth_more(wei: int) -> int:
    return -(-wei * (1000 + RAISE_PERMILLE) // 1000)

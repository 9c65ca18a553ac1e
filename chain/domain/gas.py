"""How much gas and how high a fee a transaction may use."""

from dataclasses import dataclass

MARGIN_PERCENT = 25
"""An estimate can be short: what it wrote for nothing may cost in the next block."""

TIP_WEI = 1_000_000_000


@dataclass(frozen=True)
class Prices:
    """Highest prices per unit of gas, in wei."""

    most_wei: int
    tip_wei: int


def limit_for(estimate: int) -> int:
    """Return the gas limit for an estimate: a quarter more, rounded up."""
    return -(-estimate * (100 + MARGIN_PERCENT) // 100)


def fees_at(base_fee_wei: int) -> Prices:
    """Return prices that stay good while the base fee doubles."""
    return Prices(most_wei=2 * base_fee_wei + TIP_WEI, tip_wei=TIP_WEI)

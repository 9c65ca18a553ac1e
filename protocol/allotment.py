"""The money arithmetic of the market contract, to the last token unit."""

from protocol.errors import ProtocolError

_BPS = 10_000


def fee_units(price_units: int, fee_bps: int) -> int:
    """Return the platform's part of one sale, rounded down. fee_bps: basis points."""
    return price_units * fee_bps // _BPS


def pool_units(price_units: int, fee_bps: int) -> int:
    """Return the contributors' part of one sale: all that is not fee."""
    return price_units - fee_units(price_units, fee_bps)


def share_units(pool_per_sale_units: int, total_weight: int, start: int, weight: int) -> int:
    """Return what the contributor at [start, start + weight) gets of one sale.

    The shares of a full partition of [0, total_weight) sum to the pool exactly.

    Raises ProtocolError(bad_share) when the interval lies outside the pool.
    """
    if start < 0 or weight < 1 or start + weight > total_weight or pool_per_sale_units < 0:
        raise ProtocolError("bad_share", "this share lies outside its pool")
    upper = pool_per_sale_units * (start + weight) // total_weight
    return upper - pool_per_sale_units * start // total_weight


def due_units(share_per_sale_units: int, *, sales: int, sales_claimed: int) -> int:
    """Return what a contributor may still take. Raises ProtocolError(bad_share) on overdraft."""
    if not 0 <= sales_claimed <= sales:
        raise ProtocolError("bad_share", "more sales were claimed than made")
    return share_per_sale_units * (sales - sales_claimed)

"""Money: whole units of a payment token, and the decimal text people read."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation


@dataclass(frozen=True)
class Token:
    """A payment token. decimals: digits behind the point of one coin."""

    symbol: str
    decimals: int
    address: str
    chain_id: int

    def text(self, units: int) -> str:
        """Return an amount as people read it, such as `12.50 tUSD`."""
        coins = Decimal(units).scaleb(-self.decimals)
        places = max(2, -int(coins.normalize().as_tuple().exponent)) if units else 2
        return f"{coins:,.{places}f} {self.symbol}"

    def units(self, coins: str | int | Decimal) -> int:
        """Return the units of a decimal amount such as `12.50`.

        Raises ValueError for text that is no amount, and for parts smaller than one unit.
        """
        if isinstance(coins, float):
            raise TypeError("money is not a float; write the amount as text")
        try:
            units = Decimal(coins).scaleb(self.decimals)
        except InvalidOperation as error:
            raise ValueError(f"{coins!r} is not an amount") from error
        if not units.is_finite() or units != units.to_integral_value() or units < 0:
            raise ValueError(f"{coins} {self.symbol} cannot be paid exactly")
        return int(units)

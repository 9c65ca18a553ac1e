"""What the catalogue lists."""

from dataclasses import dataclass

from odometer.buying import Quote, Release
from odometer.resource import Resource


@dataclass(frozen=True)
class Product(Resource):
    """One line of the catalogue; points at a release. body: everything the server said."""

    @property
    def title(self) -> str:
        """What it is about."""
        return str(self.body["title"])

    @property
    def total_units(self) -> int:
        """What a license costs, fee included; token units."""
        return int(self.body["price"]["total_units"])

    @property
    def is_simulated(self) -> bool:
        """Whether the vehicles behind it do not exist."""
        return bool(self.body.get("is_simulated"))

    def __repr__(self) -> str:
        note = ", simulated fleet" if self.is_simulated else ""
        return f"<Product {self.title!r}: {self.chain.token.text(self.total_units)}{note}>"

    def release(self) -> Release:
        """Return the release that this product sells."""
        release_id = self.body["release_id"]
        return Release(self.session, self.chain, self.session.get(f"/releases/{release_id}"))

    def quote(self, *, buyer: str) -> Quote:
        """Return what a license costs the account `buyer`; free."""
        return self.release().quote(buyer=buyer)

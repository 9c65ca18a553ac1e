"""From a release to a license: quote, one order and one permit signature, purchase."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, cast

from nacl.public import PrivateKey

from odometer import verifying
from odometer.chain import Chain
from odometer.errors import OdometerError, Untrusted
from odometer.resource import Resource
from odometer.table import Table
from odometer.waiting import until
from odometer.wallet import Wallet
from protocol import typed_data
from protocol.ids import to_bytes32
from protocol.manifest import Manifest

LONGEST_ORDER_S: Final = 24 * 3600
"""How long an order may stay good; seconds."""


class TooExpensive(OdometerError):
    """The quote is above the caller's own limit; nothing was signed."""


class PurchaseFailed(OdometerError):
    """The chain refused the order; nothing was paid."""


@dataclass(frozen=True)
class Release(Resource):
    """One published answer. body: everything the server said."""

    @property
    def state(self) -> str:
        """One of planned, charged, drawing, drawn, publishing, published, spent, failed."""
        return str(self.body["state"])

    def manifest(self) -> Manifest:
        """Return the manifest, held against the chain. Raises Untrusted."""
        manifest = self.session.get(f"/releases/{self.id}/manifest")
        return verifying.manifest(self.chain, self.id, cast("Manifest", manifest))

    def quote(self, *, buyer: str) -> "Quote":
        """Return what a license costs the account `buyer`; free."""
        body = self.session.post("/quotes", {"release_id": self.id, "buyer": buyer})
        return Quote(self.session, self.chain, body)


@dataclass(frozen=True)
class Quote(Resource):
    """A price that holds for some minutes. Amounts in token units."""

    @property
    def total_units(self) -> int:
        """What is paid: contributors' part and fee."""
        return int(self.body["total_units"])

    @property
    def fee_units(self) -> int:
        """The operator's part."""
        return int(self.body["fee_units"])

    def __repr__(self) -> str:
        text = self.chain.token.text
        return f"<Quote {text(self.total_units)}, of which fee {text(self.fee_units)}>"

    def buy(
        self, wallet: Wallet, *, max_total: str | int | Decimal, at_most_s: float = 60
    ) -> "License":
        """Sign, buy and wait for the license.

        max_total: what you are ready to pay, in coins, such as "12.50".
        Raises TooExpensive and Untrusted(order_mismatch) before anything is signed.
        """
        if self.total_units > self.chain.token.units(max_total):
            raise TooExpensive(f"{self!r} is above your limit of {max_total}")
        if wallet.is_demo:
            wallet.take_test_money(self.chain, self.total_units)
        body = self.session.post("/purchases", self._signed(wallet), once=self.body["id"])
        return self._license(body["id"], at_most_s)

    def _signed(self, wallet: Wallet) -> dict[str, str]:
        order, permit = _messages(self.chain, self.body, wallet.address)
        return {
            "quote_id": self.body["id"],
            "order_signature": wallet.sign(order),
            "permit_signature": wallet.sign(permit),
        }

    def _license(self, purchase_id: str, at_most_s: float) -> "License":
        purchase = until(
            lambda: self.session.get(f"/purchases/{purchase_id}"),
            lambda now: now["state"] != "submitted",
            what=f"purchase {purchase_id}",
            at_most_s=at_most_s,
        )
        if purchase["state"] != "licensed":
            raise PurchaseFailed(purchase.get("failure") or purchase["state"])
        body = self.session.get(f"/licenses/{purchase['license_id']}")
        return License(self.session, self.chain, body)


@dataclass(frozen=True)
class License(Resource):
    """The right to use one release."""

    @property
    def release_id(self) -> str:
        """Which release it opens."""
        return str(self.body["release_id"])

    def download(self, *, at_most_s: float = 60) -> Table:
        """Fetch, check against the chain, and open the release.

        Raises Untrusted when manifest or bytes are not what the chain says; NotInTime.
        """
        release = Release(self.session, self.chain, {"id": self.release_id})
        manifest = release.manifest()
        sealed = self.session.content(f"/releases/{self.release_id}/file")
        verifying.file(manifest, sealed)
        return Table(manifest, verifying.opened(manifest, sealed, *self._key(at_most_s)))

    def _key(self, at_most_s: float) -> tuple[bytes, bytes]:
        """Return the wrapped key, and the one-time private key it was wrapped for."""
        own = PrivateKey.generate()
        path, recipient = f"/licenses/{self.id}/key", bytes(own.public_key).hex()
        body = until(
            lambda: self.session.get(path, recipient=recipient),
            lambda now: bool(now.get("sealed")),
            what="the key",
            at_most_s=at_most_s,
        )
        return verifying.from_base64(body["sealed"]), bytes(own)


def _messages(
    chain: Chain, quote: Mapping[str, Any], buyer: str
) -> tuple[typed_data.TypedData, typed_data.TypedData]:
    """Return order and permit as we make them ourselves; only the deadline is the server's."""
    deadline = int(quote["order_typed_data"]["message"]["deadline"])
    if not 0 < deadline - time.time() < LONGEST_ORDER_S:
        raise Untrusted("order_mismatch", "the order would be good for too long or not at all")
    total = int(quote["total_units"])
    order = typed_data.order(
        chain.market_domain,
        buyer=buyer,
        recipient=buyer,
        release=to_bytes32(quote["release_id"]),
        max_price=total,
        deadline=deadline,
    )
    permit = typed_data.permit(
        chain.token_domain,
        owner=buyer,
        spender=chain.market,
        value=total,
        nonce=chain.permit_nonce(buyer),
        deadline=int(quote["permit_typed_data"]["message"]["deadline"]),
    )
    _same(order, quote["order_typed_data"], "order_mismatch")
    _same(permit, quote["permit_typed_data"], "permit_mismatch")
    return order, permit


def _same(ours: typed_data.TypedData, theirs: typed_data.TypedData, code: str) -> None:
    if typed_data.digest(ours) != typed_data.digest(theirs):
        raise Untrusted(code, "the server asks to sign something else than was agreed")

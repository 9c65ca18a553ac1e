"""The door for developers: catalogue, estimates, requests, purchases and licenses."""

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from odometer.buying import License, Quote, Release
from odometer.campaigns import DataRequest
from odometer.chain import Chain
from odometer.http import Session
from odometer.products import Product
from odometer.standard_products import StandardProduct, told

DEMO_URL: Final = "http://127.0.0.1:8420"


class Client:
    """A developer's view of one marketplace.

    Without arguments it reads ODOMETER_URL and ODOMETER_KEY (or ODOMETER_KEY_FILE), and speaks
    to the demo stack on this machine when those are not set.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        key: str | None = None,
        session: Session | None = None,
        chain: Chain | None = None,
    ) -> None:
        address = url or os.environ.get("ODOMETER_URL") or DEMO_URL
        self.session = session or Session(address, key=key or _key_of_environment())
        self._chain = chain

    @classmethod
    def sign_up(
        cls, session: Session | str, handle: str, password: str, *, name: str, country: str
    ) -> "Client":
        """Open a developer's account and return its client, signed in by cookie.

        country: ISO 3166 code of two letters. Buying and asking need an accreditation first.
        """
        session = session if isinstance(session, Session) else Session(session)
        account = {"handle": handle, "password": password, "name": name, "country": country}
        session.post("/developers", account)
        return cls.sign_in(session, handle, password)

    @classmethod
    def sign_in(cls, session: Session, handle: str, password: str) -> "Client":
        """Return the client of somebody who has an account."""
        session.post("/sessions", {"handle": handle, "password": password})
        return cls(session=session)

    @cached_property
    def chain(self) -> Chain:
        """The contracts of this marketplace."""
        return self._chain or Chain.of(self.session)

    def me(self) -> dict[str, Any]:
        """Return the developer's account as JSON."""
        return self.session.get("/developers/me")

    def new_key(self, scopes: Sequence[str] = ("catalogue", "requests", "purchases")) -> str:
        """Return a new API key; it is shown this once."""
        return str(self.session.post("/api-keys", {"scopes": list(scopes)})["key"])

    def products(self, **filters: Any) -> Iterator[Product]:
        """Yield the products of the catalogue that fit the filters."""
        for body in self.session.every("/products", **filters):
            yield Product(self.session, self.chain, body)

    def product(self, product_id: str) -> Product:
        """Return one product of the catalogue."""
        return Product(self.session, self.chain, self.session.get(f"/products/{product_id}"))

    def standard_products(self) -> Iterator[StandardProduct]:
        """Yield the questions that ship with the marketplace, each with its card."""
        for body in self.session.every("/standard-products"):
            yield told(self.session, body)

    def standard_product(self, name: str) -> StandardProduct:
        """Return one of them, such as `battery_ageing`."""
        return told(self.session, self.session.get(f"/standard-products/{name}"))

    def releases(self, **filters: Any) -> Iterator[Release]:
        """Yield the published releases that fit the filters."""
        for body in self.session.every("/releases", **filters):
            yield Release(self.session, self.chain, body)

    def release(self, release_id: str) -> Release:
        """Return one release."""
        return Release(self.session, self.chain, self.session.get(f"/releases/{release_id}"))

    def quote(self, release_id: str, *, buyer: str) -> Quote:
        """Return what a license costs the account `buyer`; free."""
        return self.release(release_id).quote(buyer=buyer)

    def licenses(self) -> Iterator[License]:
        """Yield the licenses this developer holds."""
        for body in self.session.every("/licenses"):
            yield License(self.session, self.chain, body)

    def estimate(self, spec: Mapping[str, Any], *, drivers: int | None = None) -> dict[str, Any]:
        """Return what a question would cost in privacy and how exact its answer would be; free."""
        body: dict[str, Any] = {"spec": dict(spec)}
        return self.session.post(
            "/estimates", body if drivers is None else {**body, "drivers": drivers}
        )

    def request(
        self,
        spec: Mapping[str, Any],
        *,
        title: str,
        why: str,
        purposes: Sequence[str],
        price_units: int,
        drivers_needed: int,
        deadline_at: str,
        bounty_units: int | None = None,
    ) -> DataRequest:
        """File a data request; returns it, state `in_review`.

        price_units: what a license of each release shall cost; deadline_at: RFC 3339, UTC.
        bounty_units: makes it a campaign; what you will put in escrow, at least the price.
        """
        body: dict[str, Any] = {
            "spec": dict(spec),
            "title": title,
            "why": why,
            "purposes": list(purposes),
            "price_units": str(price_units),
            "drivers_needed": drivers_needed,
            "deadline_at": deadline_at,
        }
        if bounty_units is not None:
            body["bounty_units"] = str(bounty_units)
        filed = self.session.post("/data-requests", body, once=str(uuid4()))
        return DataRequest(self.session, self.chain, filed)

    def requests(self) -> Iterator[DataRequest]:
        """Yield the data requests of this developer."""
        for body in self.session.every("/data-requests"):
            yield DataRequest(self.session, self.chain, body)

    def data_request(self, request_id: str) -> DataRequest:
        """Return one data request of this developer."""
        body = self.session.get(f"/data-requests/{request_id}")
        return DataRequest(self.session, self.chain, body)


def _key_of_environment() -> str | None:
    key = os.environ.get("ODOMETER_KEY")
    file = os.environ.get("ODOMETER_KEY_FILE")
    return key or (Path(file).read_text(encoding="ascii").strip() if file else None)

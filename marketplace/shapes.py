"""How the marketplace's rows look in the API."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse

from anonymize import selectors as anonymize
from anonymize.models import Release
from chain import paying, reading
from marketplace import charting, gauging
from marketplace.models import Campaign, DataRequest, License, Purchase, Quote
from marketplace.quoting import price_of
from marketplace.requesting import ANSWER_WITHIN
from marketplace.selectors import license_for
from registry.models import Developer


def product(release: Release) -> dict[str, Any]:
    """Return a product: what it holds, how exact it is, what it costs."""
    facts = release.manifest or {}
    return {
        "object": "data_product",
        "id": str(release.id),
        "release_id": str(release.id),
        "dataset_id": str(release.dataset_id),
        "title": release.dataset.title,
        "is_simulated": release.is_simulated,
        "windows": facts.get("window", []),
        "cohort_noised": release.cohort_noised,
        "columns": facts.get("columns", []),
        "privacy": anonymize.privacy_facts(release.rho_micro),
        "price": price_of(release),
        "manifest_digest": release.manifest_digest,
        "manifest_url": reverse("api:manifest", args=[release.id]),
        "contributors_url": reverse("api:contributors", args=[release.id]),
        "published_at": release.published_at,
    }


def data_request(row: DataRequest) -> dict[str, Any]:
    """Return a data request with its state and, once decided, the reason."""
    return {
        "object": "data_request",
        "id": str(row.id),
        "title": row.title,
        "why": row.why,
        "purposes": row.purposes,
        "developer_name": row.developer.name,
        "spec": row.spec,
        "spec_sha256": row.spec_sha256,
        "price_units": str(row.price_units),
        "drivers_needed": row.drivers_needed,
        "deadline_at": row.deadline_at,
        "state": row.state,
        "reason_code": row.reason_code or None,
        "reason": row.reason or None,
        "decided_at": row.decided_at,
        "dataset_id": str(row.dataset_id) if row.dataset_id else None,
        "dataset_state": row.dataset.state if row.dataset else None,
        "answer_expected_before": row.created_at + ANSWER_WITHIN,
        "campaign": campaign(row.campaign) if hasattr(row, "campaign") else None,
        "created_at": row.created_at,
    }


def campaign(row: Campaign) -> dict[str, Any]:
    """Return a campaign: where it is, who is still needed, where the money is."""
    phase = gauging.phase_of(row)
    held = License.objects.filter(release=row.release_id, recipient=row.recipient).first()
    return {
        "object": "campaign",
        "id": str(row.id),
        "request_id": str(row.request_id),
        "dataset_id": str(row.request.dataset_id) if row.request.dataset_id else None,
        "state": phase,
        "is_fundable": gauging.is_fundable(row),
        "bounty_units": str(row.bounty_units),
        "threshold": row.threshold,
        "consents": gauging.consents_of(row),
        "deadline_at": row.deadline_at,
        "funder": row.funder or None,
        "recipient": row.recipient or None,
        "funded_at": row.funded_at,
        "fund_tx_hash": row.fund_tx_hash or None,
        "release_id": str(row.release_id) if row.release_id else None,
        "license_id": str(held.id) if held else None,
        "price_units": None if row.price_units is None else str(row.price_units),
        "change_units": None if row.change_units is None else str(row.change_units),
        "refunded_units": str(row.bounty_units) if phase == "refunded" else None,
        "ended_at": row.ended_at,
        "end_tx_hash": row.end_tx_hash or None,
        "reason": charting.why(row, phase) or None,
    }


def funding(request_id: UUID, messages: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a funder signs: the funding and the permit, both good as long."""
    return {
        "object": "funding",
        "request_id": str(request_id),
        "bounty_units": messages["fund"]["message"]["bounty"],
        "valid_until": messages["fund"]["message"]["validUntil"],
        "token": paying.payment_token().to_dict(),
        "fund_typed_data": messages["fund"],
        "permit_typed_data": messages["permit"],
    }


def quote(row: Quote) -> dict[str, Any]:
    """Return a quote with the typed data to sign."""
    return {
        "object": "quote",
        "id": str(row.id),
        "release_id": str(row.release_id),
        **price_of(row.release),
        "order_typed_data": row.order,
        "permit_typed_data": row.permit,
        "expires_at": row.expires_at,
    }


def offer_to_buy(release: Release) -> dict[str, Any]:
    """Return what a 402 carries: the price, and the same in the words of x402 v2."""
    price = price_of(release)
    token = price["token"]
    return {
        "quote": {"object": "quote", "release_id": str(release.id), **price},
        "quotes_url": reverse("api:quotes"),
        "x402": {
            "x402Version": 2,
            "accepts": [
                {
                    "scheme": "odometer-order",
                    "network": f"eip155:{token['chain_id']}",
                    "amount": price["total_units"],
                    "asset": token["address"],
                    "payTo": reading.address_of("ReleaseMarket"),
                    "maxTimeoutSeconds": 900,
                }
            ],
        },
    }


def purchase(row: Purchase, developer: Developer) -> dict[str, Any]:
    """Return a purchase, with its license once the chain has it."""
    held = license_for(developer=developer, release_id=row.quote.release_id)
    return {
        "object": "purchase",
        "id": str(row.id),
        "quote_id": str(row.quote_id),
        "release_id": str(row.quote.release_id),
        "state": row.state,
        "tx_hash": row.tx_hash or None,
        "failure": row.failure or None,
        "license_id": str(held.id) if held else None,
    }


def license(row: License) -> dict[str, Any]:  # noqa: A001 - the API's word
    """Return a license."""
    return {
        "object": "license",
        "id": str(row.id),
        "release_id": str(row.release_id),
        "title": row.release.dataset.title,
        "recipient": row.recipient,
        "total_units": str(row.price_units),
        "fee_units": str(row.fee_units),
        "tx_hash": row.tx_hash,
        "block_number": row.block_number,
        "key_url": reverse("api:license-key", args=[row.id]),
        "created_at": row.created_at,
    }

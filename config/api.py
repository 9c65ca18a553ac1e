"""Doors that look at the whole house: health, and the chain's public facts."""

from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, path
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from chain import deployed, paying, reading, standing
from chain import selectors as outbox
from common.api import Door
from config import chain_health
from work import selectors as work


class ChainView(Door):
    """Which chain and which contracts this marketplace speaks to."""

    permission_classes = [AllowAny]

    def get(self, _request: Request) -> Response:
        """Return chain id, addresses, payment token, what the stewards say, the confirmed head."""
        return Response(chain_facts())


class HealthView(Door):
    """Whether the work gets done, for a supervisor and for people."""

    permission_classes = [AllowAny]

    def get(self, _request: Request) -> Response:
        """Return the state of work, outbox and chain; 200: the web process answers."""
        facts = {
            "work": work.counts_by_state(),
            "chain": chain_health.look(),
            "outbox": {"blocks_behind": outbox.lag(), "waiting_for": outbox.waiting_for()},
        }
        return Response({"object": "health", "is_ok": True, **facts})


def chain_facts() -> dict[str, Any]:
    """Return the public facts of the chain as JSON."""
    head = reading.head()
    return {
        "object": "chain",
        "chain_id": settings.CHAIN_ID,
        "rpc_url": settings.PUBLIC_CHAIN_RPC_URL,
        "contracts": {
            name: facts["address"] for name, facts in deployed.read().get("contracts", {}).items()
        },
        "token": paying.payment_token().to_dict(),
        "builder_key_sha256": standing.builder_key().hex(),
        "fee_bps": standing.fee_bps(),
        "is_halted": standing.is_halted(),
        "head": {"number": head.number, "hash": head.hash},
    }


routes: list[URLPattern | URLResolver] = [
    path("chain", ChainView.as_view(), name="chain"),
    path("health", HealthView.as_view(), name="health"),
]

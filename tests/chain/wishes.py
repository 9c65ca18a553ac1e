"""Words of the lane for its tests: ask for calls and items, let it make trips, read its bytes."""

from datetime import timedelta

from django.utils import timezone

from chain import contracts, outbox, sending
from chain.models import OutboundCall, OutboundItem
from chain.turns import HeldTurn
from tests.chain.conftest import TOMBSTONE

REGISTRY = "ConsentRegistry"


def item(function: str, number: int, *, nonce: int = 0) -> tuple:
    """Make an item of a batch function, in the contract's own order of fields."""
    facts = {"driver": "0x" + f"{number:040x}", "expiry": 2**40, "nonce": nonce, "signature": b"s"}
    abi = next(abi for abi in contracts.artifact(REGISTRY)["abi"] if abi.get("name") == function)
    return tuple(facts.get(part["name"], b"d" * 32) for part in abi["inputs"][0]["components"])


def submit_item(number: int, *, nonce: int = 0, function: str = "grant_batch") -> OutboundItem:
    return outbox.submit_item(
        contract=REGISTRY,
        batch_function=function,
        item=item(function, number, nonce=nonce),
        reference=f"consent.{number}",
    )


def submit(number: int = 1) -> OutboundCall:
    return outbox.submit(call=TOMBSTONE, reference=f"consent.{number}")


def trips(turn: HeldTurn, count: int = 1) -> None:
    for _ in range(count):
        sending.run(turn=turn, for_s=0)


def raws(call: OutboundCall) -> list[bytes]:
    return [bytes(attempt.raw) for attempt in call.attempts.order_by("id")]


def make_due() -> None:
    OutboundItem.objects.update(due_at=timezone.now() - timedelta(seconds=1))

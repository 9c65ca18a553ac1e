"""Gather waiting items into batch calls, and part those that are too large."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from chain import contracts
from chain.domain.calls import ContractCall
from chain.models import OutboundCall, OutboundItem
from chain.turns import HeldTurn

MOST = 100
"""Items in one call; the contracts take no more."""

PREFIX = "batch."

LEAVE_FIRST = ("revoke_batch",)
"""Nobody who withdraws waits behind others who give."""


def gather(*, turn: HeldTurn, at: datetime) -> int:
    """Make one call of every batch that is full or due. Returns how many calls were made."""
    waiting = OutboundItem.objects.filter(state=OutboundItem.State.WAITING)
    kinds = sorted(
        waiting.order_by().values_list("contract", "function").distinct(),
        key=lambda kind: kind[1] not in LEAVE_FIRST,
    )
    return sum(_gather_kind(turn, contract, function, at) for contract, function in kinds)


def split(call: OutboundCall) -> bool:
    """Make two calls of a batch that is too large; False when it has but one item.

    The second half follows the first at once, so that the items keep their order.
    """
    items = list(call.items.order_by("position"))
    if len(items) <= 1:
        return False
    half = len(items) // 2
    second = OutboundCall(
        contract=call.contract,
        function=call.function,
        is_urgent=call.is_urgent,
        created_at=call.created_at + timedelta(microseconds=half),  # in line, however often parted
    )
    second.reference = f"{PREFIX}{second.id}"
    call.calldata = _calldata(call, items[:half])
    call.save(update_fields=["calldata"])
    second.calldata = _calldata(second, items[half:])
    second.save(force_insert=True)
    for position, item in enumerate(items[half:]):
        item.call, item.position = second, position
    OutboundItem.objects.bulk_update(items[half:], ["call", "position"])
    return True


def _gather_kind(turn: HeldTurn, contract: str, function: str, at: datetime) -> int:
    made = 0
    while True:
        with transaction.atomic():
            turn.check()
            items = list(
                OutboundItem.objects.filter(
                    state=OutboundItem.State.WAITING, contract=contract, function=function
                ).order_by("created_at", "id")[:MOST]
            )
            if not _may_leave(items, at):
                return made
            _make_call(contract, function, items)
            made += 1


def _may_leave(items: list[OutboundItem], at: datetime) -> bool:
    return len(items) == MOST or any(item.due_at <= at for item in items)


def _make_call(contract: str, function: str, items: list[OutboundItem]) -> None:
    call = OutboundCall(contract=contract, function=function, is_urgent=function in LEAVE_FIRST)
    call.reference = f"{PREFIX}{call.id}"
    call.calldata = _calldata(call, items)
    call.save(force_insert=True)
    for position, item in enumerate(items):
        item.position = position
    OutboundItem.objects.bulk_update(items, ["position"])
    OutboundItem.objects.filter(id__in=[item.id for item in items]).update(
        call=call, state=OutboundItem.State.BATCHED, attempts=F("attempts") + 1
    )


def _calldata(call: OutboundCall, items: Sequence[OutboundItem]) -> bytes:
    kept = [bytes(item.data) for item in items]
    values = [
        tuple(contracts.item_values(call.contract, call.function, data).values()) for data in kept
    ]
    return contracts.calldata(ContractCall(call.contract, call.function, (values,)))

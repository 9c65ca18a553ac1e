"""Gather waiting items into batch calls."""

from datetime import datetime

from django.db import transaction

from chain import contracts
from chain.domain.calls import ContractCall
from chain.models import OutboundCall, OutboundItem
from chain.turns import HeldTurn

MOST = 100
"""Items in one call; the contracts take no more."""

PREFIX = "batch."


def gather(*, turn: HeldTurn, at: datetime) -> int:
    """Make one call of every batch that is full or due. Returns how many calls were made."""
    waiting = OutboundItem.objects.filter(state=OutboundItem.State.WAITING)
    kinds = waiting.order_by().values_list("contract", "function").distinct()
    return sum(_gather_kind(turn, contract, function, at) for contract, function in kinds)


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
    values = [
        tuple(contracts.item_values(contract, function, bytes(item.data)).values())
        for item in items
    ]
    call = OutboundCall(contract=contract, function=function)
    call.reference = f"{PREFIX}{call.id}"
    call.calldata = contracts.calldata(ContractCall(contract, function, (values,)))
    call.save(force_insert=True)
    for position, item in enumerate(items):
        item.call, item.position = call, position
        item.state = OutboundItem.State.BATCHED
        item.attempts += 1
    OutboundItem.objects.bulk_update(items, ["call", "position", "state", "attempts"])

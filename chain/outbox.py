"""Write down what must be said to the chain, in the transaction of the fact that needs it."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from chain import contracts, tasks
from chain.domain.calls import ContractCall
from chain.models import OutboundCall, OutboundItem

GATHER_FOR = timedelta(seconds=2)
"""How long an item waits for company."""


def submit(*, call: ContractCall, reference: str) -> OutboundCall:
    """Return the row that sends this call once; the same reference gives the same row.

    Raises BadCall when the arguments do not fit the function.
    """
    row, is_new = OutboundCall.objects.get_or_create(
        reference=reference,
        defaults={
            "contract": call.contract,
            "function": call.function,
            "calldata": contracts.calldata(call),
        },
    )
    if is_new:
        _wake()
    return row


def submit_item(
    *, contract: str, batch_function: str, item: tuple[Any, ...], reference: str
) -> OutboundItem:
    """Return the row that sends this item with others in one call of `batch_function`.

    A batch leaves when it is full or when its oldest item has waited two seconds.

    Raises BadCall when the item does not fit the function.
    """
    row, is_new = OutboundItem.objects.get_or_create(
        reference=reference,
        defaults={
            "contract": contract,
            "function": batch_function,
            "data": contracts.item_bytes(contract, batch_function, item),
            "due_at": timezone.now() + GATHER_FOR,
        },
    )
    if is_new:
        _wake()
    return row


def _wake() -> None:
    # A lost wake-up costs a second: the timetable comes round. It must never fail a request,
    # and one is enough for all that a transaction asks for.
    waiting = transaction.get_connection().run_on_commit
    if all(entry[1] is not tasks.wake_sender for entry in waiting):
        transaction.on_commit(tasks.wake_sender, robust=True)

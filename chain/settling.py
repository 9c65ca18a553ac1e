"""Write down what became of a call and of the items in it."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from chain import contracts, gathering, subscriptions
from chain.domain.wire import Receipt
from chain.models import OutboundCall, OutboundItem

MOST_ATTEMPTS = 3
PAUSE = timedelta(seconds=2)


def fail(call: OutboundCall, reason: str) -> None:
    """Close a call that will never succeed, and its items; tell those who asked for them."""
    call.state, call.reason = OutboundCall.State.FAILED, reason[:200]
    call.save(update_fields=["state", "reason"])
    for item in call.items.order_by("position"):
        _fail_item(item, reason)
    subscriptions.dispatch_failure(call.reference, reason)


def settle(closed: Sequence[tuple[OutboundCall, Receipt]]) -> None:
    """Close calls by their confirmed receipts, inside the caller's transaction.

    A reverted one goes back to the dry run, which tells why.
    """
    confirmed = [_confirmed(call, receipt) for call, receipt in closed if receipt.is_success]
    OutboundCall.objects.bulk_update(confirmed, ["state", "block_number", "created_address"])
    for call, receipt in closed:
        if not receipt.is_success:
            _try_again(call)
        elif call.reference.startswith(gathering.PREFIX):
            _settle_items(call, receipt)


def queue_again(call: OutboundCall) -> None:
    """Let a call take a new nonce: the one it had was used by something else."""
    call.state, call.raw, call.nonce = OutboundCall.State.QUEUED, b"", None
    call.save(update_fields=["state", "raw", "nonce"])


def _confirmed(call: OutboundCall, receipt: Receipt) -> OutboundCall:
    call.state, call.block_number = OutboundCall.State.CONFIRMED, receipt.block_number
    call.created_address = receipt.created_address
    return call


def _try_again(call: OutboundCall) -> None:
    if call.attempts >= MOST_ATTEMPTS:
        fail(call, "reverted")
    else:
        queue_again(call)


def _settle_items(call: OutboundCall, receipt: Receipt) -> None:
    # A batch function emits exactly one event per item, in the order of the items.
    heard = [contracts.event(call.contract, log.topics, log.data) for log in receipt.logs]
    events = [event for event in heard if event is not None]
    items = list(call.items.order_by("position"))
    for item, (name, args) in zip(items, events, strict=True):
        if name != "Skipped":
            item.state = OutboundItem.State.SETTLED
        elif item.attempts < MOST_ATTEMPTS:
            _let_wait(item)
        else:
            _fail_item(item, args["reason"])
    settled = [item.id for item in items if item.state == OutboundItem.State.SETTLED]
    OutboundItem.objects.filter(id__in=settled).update(state=OutboundItem.State.SETTLED)


def _let_wait(item: OutboundItem) -> None:
    # It may have overtaken the item on which it builds: a revocation in a batch before its grant.
    item.state, item.call = OutboundItem.State.WAITING, None
    item.due_at = timezone.now() + PAUSE
    item.save(update_fields=["state", "call", "due_at"])


def _fail_item(item: OutboundItem, reason: str) -> None:
    item.state, item.reason = OutboundItem.State.FAILED, reason[:200]
    item.save(update_fields=["state", "reason"])
    subscriptions.dispatch_failure(item.reference, reason)

"""Write down what became of a call and of the items in it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from chain import contracts, gathering, subscriptions
from chain.domain.wire import Receipt
from chain.models import Attempt, OutboundCall, OutboundItem

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
PAUSE = timedelta(seconds=2)

GAP_PREFIX = "gap."
"""Calls that use up a nonce for nothing, so that later ones get through."""

_OUTCOME = [
    "state", "block_number", "created_address", "tx_hash", "missed_at", "waits_for", "reason"
]  # fmt: skip


@dataclass(frozen=True)
class Mined:
    """The attempt that used a call's nonce, and its receipt."""

    attempt: Attempt
    receipt: Receipt


@dataclass(frozen=True)
class Closed:
    """A call whose nonce is used for good; mined is None when none of its attempts used it."""

    call: OutboundCall
    mined: Mined | None = None


def fail(call: OutboundCall, reason: str) -> None:
    """Close a call that will never succeed, and its items; tell those who asked for them."""
    call.state, call.reason, call.waits_for = OutboundCall.State.FAILED, reason[:200], ""
    call.save(update_fields=["state", "reason", "waits_for"])
    for item in call.items.filter(state=OutboundItem.State.BATCHED).order_by("position"):
        _fail_item(item, reason)
    subscriptions.dispatch_failure(call.reference, reason)


def settle(closed: Sequence[Closed]) -> None:
    """Close calls whose nonces are used for good, inside the caller's transaction.

    A reverted one goes back to the dry run, which tells why. One whose nonce something else used
    takes another: none of its attempts can ever be mined.
    """
    confirmed = [
        _confirmed(one.call, one.mined)
        for one in closed
        if one.mined is not None and one.mined.receipt.is_success
    ]
    OutboundCall.objects.bulk_update(confirmed, _OUTCOME)
    for one in closed:
        if one.mined is None:
            _replaced(one.call)
        elif not one.mined.receipt.is_success:
            _try_again(one.call)
        elif one.call.reference.startswith(gathering.PREFIX):
            _settle_items(one.call, one.mined.receipt)


def hinder(call: OutboundCall, by: OutboundCall.WaitsFor, words: str) -> None:
    """Show that a call waits for something that a person can change."""
    if (call.waits_for, call.reason) == (by, words[:200]):
        return
    logger.warning("call_waits call=%s nonce=%s for=%s: %s", call.id, call.nonce, by, words[:200])
    call.waits_for, call.reason = by, words[:200]
    call.save(update_fields=["waits_for", "reason"])


def queue_again(calls: QuerySet[OutboundCall]) -> int:
    """Let calls take new nonces, those that no attempt of theirs can be mined for."""
    return calls.update(
        state=OutboundCall.State.QUEUED,
        nonce=None,
        tx_hash="",
        sent_at=None,
        missed_at=None,
        waits_for="",
    )


def reopen(calls: QuerySet[OutboundCall]) -> int:
    """Send confirmed calls again, with the same bytes: a fork took their blocks off the chain."""
    OutboundItem.objects.filter(call__in=calls, state=OutboundItem.State.SETTLED).update(
        state=OutboundItem.State.BATCHED
    )
    return calls.update(
        state=OutboundCall.State.SENT, sent_at=None, missed_at=None, block_number=None
    )


def _confirmed(call: OutboundCall, mined: Mined) -> OutboundCall:
    call.state, call.block_number = OutboundCall.State.CONFIRMED, mined.receipt.block_number
    call.created_address, call.tx_hash = mined.receipt.created_address, mined.attempt.tx_hash
    call.missed_at, call.waits_for, call.reason = None, "", ""
    return call


def _replaced(call: OutboundCall) -> None:
    logger.warning("nonce_used_elsewhere call=%s nonce=%s", call.id, call.nonce)
    mine = OutboundCall.objects.filter(id=call.id)
    if call.reference.startswith(GAP_PREFIX):  # the gap is closed, whoever closed it
        mine.update(state=OutboundCall.State.CONFIRMED, missed_at=None, waits_for="")
    else:
        queue_again(mine)


def _try_again(call: OutboundCall) -> None:
    call.reverts += 1
    call.save(update_fields=["reverts"])
    if call.reverts >= MOST_ATTEMPTS:
        fail(call, "reverted")
    else:
        queue_again(OutboundCall.objects.filter(id=call.id))


def _settle_items(call: OutboundCall, receipt: Receipt) -> None:
    # A batch function emits exactly one event per item, in the order of the items. Some may have
    # left the call: a fork can make it be settled twice.
    heard = [contracts.event(call.contract, log.topics, log.data) for log in receipt.logs]
    events = [event for event in heard if event is not None]
    settled = []
    for item in call.items.filter(state=OutboundItem.State.BATCHED).order_by("position"):
        name, args = events[item.position]
        if name != "Skipped":
            settled.append(item.id)
        elif _overtook(item):
            _let_wait(item, attempts=item.attempts - 1)
        elif item.attempts < MOST_ATTEMPTS:
            _let_wait(item, attempts=item.attempts)
        else:
            _fail_item(item, args["reason"])
    OutboundItem.objects.filter(id__in=settled).update(state=OutboundItem.State.SETTLED)


def _overtook(item: OutboundItem) -> bool:
    """Return True while an older item is on its way, on which this one may build."""
    open_states = [OutboundItem.State.WAITING, OutboundItem.State.BATCHED]
    older = OutboundItem.objects.filter(contract=item.contract, created_at__lt=item.created_at)
    return older.filter(state__in=open_states).exclude(call=item.call).exists()


def _let_wait(item: OutboundItem, attempts: int) -> None:
    # It may have overtaken the item on which it builds: a revocation in a batch before its grant.
    item.state, item.call, item.attempts = OutboundItem.State.WAITING, None, attempts
    item.due_at = timezone.now() + PAUSE
    item.save(update_fields=["state", "call", "attempts", "due_at"])


def _fail_item(item: OutboundItem, reason: str) -> None:
    item.state, item.reason = OutboundItem.State.FAILED, reason[:200]
    item.save(update_fields=["state", "reason"])
    subscriptions.dispatch_failure(item.reference, reason)

"""Look at our line of nonces, and close the calls whose nonces are used for good."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chain import identity, settling
from chain.domain.calls import Block
from chain.domain.lane import Sight
from chain.errors import NodeDown
from chain.models import Attempt, OutboundCall
from chain.node import Node
from chain.settling import Closed, Mined
from chain.turns import HeldTurn

logger = logging.getLogger(__name__)

State = OutboundCall.State

DOUBT = timedelta(seconds=60)
"""How long a used nonce without a receipt is looked at before we believe that others used it."""


def look(node: Node, account: str) -> tuple[Sight, Block]:
    """Return what the chain says of the account, and the block down to which it will stay so."""
    newest = node.block()
    if newest is None:
        raise NodeDown
    depth = min(settings.CHAIN_CONFIRMATIONS - 1, newest.number)
    deep = node.block(newest.number - depth)
    if deep is None:
        raise NodeDown
    is_deep = depth == settings.CHAIN_CONFIRMATIONS - 1
    sure = node.next_nonce(account, deep.number) if is_deep else 0
    return Sight(used=node.next_nonce(account), sure=sure), deep


def confirm(*, node: Node, turn: HeldTurn, account: str) -> tuple[Sight, int]:
    """Close what the chain has decided on. Returns the sight, and how many calls were closed.

    A nonce that is used so deep that it stays was used by one of our attempts, or by something
    else: the receipts tell, if the deep block still stands after they were read. That there is no
    receipt is believed only after a while: some nodes count a block before they file its receipts,
    and behind one address there may be several nodes.
    """
    sight, deep = look(node, account)
    reopened = _reopen(turn, account, sight)
    in_flight = OutboundCall.objects.filter(state=State.SENT, lane=account)
    calls = list(in_flight.filter(nonce__lt=sight.sure).order_by("nonce"))
    in_flight.filter(nonce__gte=sight.sure, missed_at__isnull=False).update(missed_at=None)
    if not calls:
        return sight, reopened
    closed = _closed(node, calls, deep)
    if node.block(deep.number) != deep:
        return sight, reopened  # the chain moved while we read; look again
    with transaction.atomic():
        turn.check()
        believed = _believed(closed, timezone.now())
        settling.settle(believed)
    return sight, reopened + len(believed)


def leave_other_chains(*, turn: HeldTurn) -> int:
    """Queue again what was signed for a chain that ours replaced: it can never be mined there."""
    known = identity.genesis_hash()
    sent = OutboundCall.objects.filter(state=State.SENT).exclude(genesis_hash__in=["", known])
    if not known or not sent.exists():
        return 0
    with transaction.atomic():
        turn.check()
        return settling.queue_again(sent)


def _believed(closed: Sequence[Closed], at: datetime) -> list[Closed]:
    """Return those with a receipt, and those that have been without one for long enough."""
    fresh = [one.call.id for one in closed if one.mined is None and one.call.missed_at is None]
    OutboundCall.objects.filter(id__in=fresh).update(missed_at=at)
    return [
        one
        for one in closed
        if one.mined is not None
        or (one.call.missed_at is not None and at - one.call.missed_at >= DOUBT)
    ]


def _reopen(turn: HeldTurn, account: str, sight: Sight) -> int:
    """Send again what was confirmed and is on the chain no more, before its nonces are lost."""
    lost = OutboundCall.objects.filter(
        identity.signed_here(), state=State.CONFIRMED, lane=account, nonce__gte=sight.used
    )
    if not lost.exists():
        return 0
    with transaction.atomic():
        turn.check()
        reopened = settling.reopen(lost)
    logger.warning("unmined calls=%s", reopened)
    return reopened


def _closed(node: Node, calls: Sequence[OutboundCall], deep: Block) -> list[Closed]:
    nonces = {call.id: call.nonce for call in calls}
    attempts = [
        attempt
        for attempt in Attempt.objects.filter(call__in=calls).order_by("id").defer("raw")
        if attempt.nonce == nonces[attempt.call_id]
    ]
    receipts = node.receipts([attempt.tx_hash for attempt in attempts])
    mined = {
        attempt.call_id: Mined(attempt, receipt)
        for attempt, receipt in zip(attempts, receipts, strict=True)
        if receipt is not None and receipt.block_number <= deep.number
    }
    return [Closed(call, mined.get(call.id)) for call in calls]

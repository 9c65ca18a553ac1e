"""Send what the outbox holds: one nonce lane, the same bytes again, until the chain confirms."""

import logging
import time
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from chain import gathering, node, settling, signing
from chain.models import OutboundCall
from chain.node import Node
from chain.turns import HeldTurn

logger = logging.getLogger(__name__)

POLL_S = 0.05
AT_ONCE = 100
SEND_AGAIN_AFTER = timedelta(seconds=5)
NONCE_TAKEN = "nonce too low"


def run(*, turn: HeldTurn, for_s: float = 10.0) -> int:
    """Send and confirm until nothing is left to do now. Returns how many calls were confirmed.

    for_s: seconds after which the rest is left to the next run.

    Raises NodeDown, NotDeployed, TurnTaken; whatever was reached stands in the rows.
    """
    rpc = node.connect()
    deadline = time.monotonic() + for_s
    confirmed = 0
    while True:
        moved = gathering.gather(turn=turn, at=timezone.now())
        moved += signing.sign_queued(node=rpc, turn=turn)
        moved += hand_over(rpc)
        settled = confirm(rpc, turn)
        confirmed += settled
        if time.monotonic() > deadline or not (moved or settled or _in_flight().exists()):
            return confirmed
        turn.renew()
        if not (moved or settled):
            time.sleep(POLL_S)


def hand_over(rpc: Node) -> int:
    """Give the node the stored bytes it has not had, or had long ago without mining them."""
    stale = Q(sent_at__isnull=True) | Q(sent_at__lt=timezone.now() - SEND_AGAIN_AFTER)
    calls = list(_in_flight().filter(stale)[:AT_ONCE])
    objections = rpc.send([bytes(call.raw) for call in calls])
    ids = [call.id for call in calls]
    OutboundCall.objects.filter(id__in=ids).update(sent_at=timezone.now())
    for call, objection in zip(calls, objections, strict=True):
        _answer_objection(rpc, call, objection)
    return len(calls)


def confirm(rpc: Node, turn: HeldTurn) -> int:
    """Settle the calls whose receipts have the confirmations we wait for. Returns how many."""
    calls = list(_in_flight().filter(sent_at__isnull=False)[:AT_ONCE])
    newest = rpc.block() if calls else None
    if newest is None:
        return 0
    deep = newest.number - settings.CHAIN_CONFIRMATIONS + 1
    receipts = rpc.receipts([call.tx_hash for call in calls])
    closed = [
        (call, receipt)
        for call, receipt in zip(calls, receipts, strict=True)
        if receipt is not None and receipt.block_number <= deep
    ]
    with transaction.atomic():
        turn.check()
        settling.settle(closed)
    return len(closed)


def _in_flight() -> QuerySet[OutboundCall]:
    return OutboundCall.objects.filter(state=OutboundCall.State.SENT).order_by("nonce")


def _answer_objection(rpc: Node, call: OutboundCall, objection: str) -> None:
    # "Already known" and a used nonce both say: look for the receipt, which `confirm` does.
    if not objection or "already known" in objection or "already imported" in objection:
        return
    logger.warning("node_objects call=%s objection=%s", call.id, objection[:80])
    if NONCE_TAKEN not in objection or rpc.receipts([call.tx_hash]) != [None]:
        return
    if call.reason == NONCE_TAKEN:  # twice, seconds apart: these bytes can never be mined
        settling.queue_again(call)
    OutboundCall.objects.filter(id=call.id).update(reason=NONCE_TAKEN)

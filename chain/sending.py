"""Send what the outbox holds: one nonce lane, never two calls for one nonce, until it is sure."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from chain import confirming, gathering, identity, node, selectors, settling, signing
from chain.domain import lane
from chain.domain.gas import Prices
from chain.domain.lane import Flight, Rules, Sight, Step
from chain.domain.objections import Objection, classify
from chain.models import Attempt, OutboundCall
from chain.node import Node
from chain.turns import HeldTurn

POLL_S = 0.05
LONGEST_POLL_S = 1.0
PAYLOAD_BYTES = 1_000_000
"""Signed bytes handed over in one question, about; a provider takes no megabytes at once."""

_HINDRANCES = {
    Objection.NO_FUNDS: OutboundCall.WaitsFor.FUNDS,
    Objection.OTHER: OutboundCall.WaitsFor.NODE,
}


def run(*, turn: HeldTurn, for_s: float = 10.0) -> int:
    """Send and confirm until nothing is left to do now. Returns how many calls were closed.

    for_s: seconds after which the rest is left to the next run.

    Raises NodeDown, ChainReplaced, NotDeployed, TurnTaken; whatever was reached stands in the
    rows.
    """
    rpc = node.connect()
    deadline = time.monotonic() + for_s
    closed, pause_s = 0, POLL_S
    while True:
        moved, settled = round_trip(rpc, turn)
        closed += settled
        if time.monotonic() > deadline or not (moved or settled or _in_flight().exists()):
            return closed
        turn.renew()
        pause_s = POLL_S if moved or settled else min(2 * pause_s, LONGEST_POLL_S)
        if not (moved or settled):
            time.sleep(pause_s)


def round_trip(rpc: Node, turn: HeldTurn) -> tuple[int, int]:
    """Take every step once. Returns how many calls moved on, and how many were closed."""
    moved = gathering.gather(turn=turn, at=timezone.now())
    if not selectors.calls_in_flight().exists():
        return moved, 0
    identity.check(rpc)
    moved += confirming.leave_other_chains(turn=turn)
    settled, sights = 0, {}
    for account in {signing.sender().address, *(call.lane for call in _in_flight())}:
        sights[account], closed = confirming.confirm(node=rpc, turn=turn, account=account)
        settled += closed
    moved += fill_gaps(rpc, turn, sights)
    moved += signing.sign_queued(node=rpc, turn=turn)
    moved += drive(rpc, turn, sights)
    return moved, settled


def fill_gaps(rpc: Node, turn: HeldTurn, sights: Mapping[str, Sight]) -> int:
    """Use up the nonces of our account that later ones wait for and that no row holds."""
    account = signing.sender().address
    held = [call.nonce for call in _in_flight() if call.lane == account and call.nonce is not None]
    return signing.fill(node=rpc, turn=turn, nonces=lane.missing(sights[account], held))


def drive(rpc: Node, turn: HeldTurn, sights: Mapping[str, Sight]) -> int:
    """Do with each call in flight what comes next. Returns how many were signed or sent anew."""
    newest = _newest_attempts()
    if not newest:
        return 0
    at, base_fee_wei = timezone.now(), rpc.terms().base_fee_wei
    rules = Rules(timedelta(seconds=settings.CHAIN_BUMP_AFTER_S), signing.cap_wei())
    steps: dict[Step, list[Attempt]] = {step: [] for step in Step}
    for attempt in newest:
        sight = sights.get(attempt.lane, Sight(0, 0))
        step = lane.step(_flight(attempt), sight, base_fee_wei=base_fee_wei, at=at, rules=rules)
        steps[step].append(attempt)
    for attempt in steps[Step.SEND_AT_CAP] + steps[Step.WAIT_AT_CAP]:
        settling.hinder(attempt.call, OutboundCall.WaitsFor.FEE, "our highest fee is too low")
    raised = signing.raise_fees(steps[Step.RAISE], turn=turn, base_fee_wei=base_fee_wei)
    return raised + hand_over(rpc, turn, steps[Step.SEND] + steps[Step.SEND_AT_CAP])


def hand_over(rpc: Node, turn: HeldTurn, attempts: Sequence[Attempt]) -> int:
    """Give the node the stored bytes, lowest nonce first, and write down what it said."""
    ids = [attempt.id for attempt in attempts]
    full = Attempt.objects.filter(id__in=ids).select_related("call").order_by("nonce")
    for part in _parts(full):
        answers = [classify(words) for words in _send(rpc, part)]
        with transaction.atomic():
            turn.check()
            _write_down(list(zip(part, answers, strict=True)), at=timezone.now())
    return sum(attempt.sent_at is None for attempt in attempts)


def _send(rpc: Node, part: Sequence[Attempt]) -> list[str]:
    objections = rpc.send([bytes(attempt.raw) for attempt in part])
    for attempt, words in zip(part, objections, strict=True):
        if classify(words) in _HINDRANCES:
            settling.hinder(attempt.call, _HINDRANCES[classify(words)], words)
    return objections


def _write_down(answers: Sequence[tuple[Attempt, Objection]], at: datetime) -> None:
    taken = [attempt for attempt, objection in answers if objection is Objection.NONE]
    fresh = [one.id for one in taken if one.sent_at is None or one.call.sent_at is None]
    Attempt.objects.filter(id__in=fresh).update(sent_at=at, is_underpriced=False)
    refused = [one.id for one, objection in answers if objection is Objection.UNDERPRICED]
    Attempt.objects.filter(id__in=refused).update(is_underpriced=True)
    sent = OutboundCall.objects.filter(state=OutboundCall.State.SENT)
    sent.filter(id__in=[attempt.call_id for attempt, _ in answers]).update(sent_at=at)
    free = sent.filter(id__in=[attempt.call_id for attempt in taken])
    free.filter(waits_for__in=_HINDRANCES.values()).update(waits_for="", reason="")


def _parts(attempts: Iterable[Attempt]) -> Iterator[list[Attempt]]:
    part: list[Attempt] = []
    size = 0
    for attempt in attempts:
        part.append(attempt)
        size += len(attempt.raw)
        if size >= PAYLOAD_BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part


def _flight(attempt: Attempt) -> Flight:
    return Flight(
        nonce=attempt.nonce,
        prices=Prices(attempt.most_wei, attempt.tip_wei),
        made_at=attempt.made_at,
        taken_at=attempt.sent_at,
        handed_at=attempt.call.sent_at,
        is_underpriced=attempt.is_underpriced,
    )


def _newest_attempts() -> list[Attempt]:
    """Return the newest attempt of each call in flight, lowest nonce first, without its bytes."""
    sent = Attempt.objects.filter(call__state=OutboundCall.State.SENT, nonce=F("call__nonce"))
    rows = sent.defer("raw", "call__calldata").select_related("call").order_by("id")
    newest = {attempt.call_id: attempt for attempt in rows}
    return sorted(newest.values(), key=lambda attempt: attempt.nonce)


def _in_flight() -> QuerySet[OutboundCall]:
    return (
        OutboundCall.objects.filter(state=OutboundCall.State.SENT)
        .order_by("nonce")
        .defer("calldata")
    )

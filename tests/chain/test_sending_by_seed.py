"""Whatever the world does, each call has its effect once, and ends with a reason if it has none.

One seed is one history. The real steps run against a chain that forks, forgets, is stolen from and
falls silent between any two questions, and against processes that end there.
"""

import os
from contextlib import suppress
from datetime import timedelta
from random import Random  # noqa: TID251 - one seed is one history
from typing import cast

import pytest
from django.utils import timezone

from chain import confirming, outbox, sending, signing
from chain.domain.calls import ContractCall
from chain.errors import NodeDown
from chain.models import Attempt, OutboundCall
from chain.node import Node
from chain.turns import HeldTurn
from tests.fakes.moody_chain import Moods, MoodyChain, ProcessEnded

State = OutboundCall.State
SEEDS = int(os.environ.get("SENDING_SEEDS", "60"))
CALLS = 4
TRIPS = 9
MOST_TRIPS_HOME = 80
SHALLOW_FORKS = Moods()
DEEP_FORKS = Moods(foreign=0, reverts=0, deepest_fork=4)


@pytest.fixture
def world(chain, settings, monkeypatch):
    """Return a function that begins a history: a chain of its own, and a clock."""
    began_at = timezone.now()

    def begin(seed: int, moods: Moods, confirmations: int) -> MoodyChain:
        settings.CHAIN_CONFIRMATIONS = confirmations
        settings.CHAIN_MAX_FEE_GWEI = 100
        moody = MoodyChain(Random(seed), moods)
        monkeypatch.setattr("chain.identity.genesis_hash", moody.blocks[0][0].hex)
        monkeypatch.setattr("chain.identity.check", lambda _: None)
        monkeypatch.setattr("django.utils.timezone.now", lambda: began_at + moody.passed)
        return moody

    return begin


def live(world: MoodyChain, turn: HeldTurn) -> dict[str, OutboundCall]:
    """Let the history happen, then bring everything home in calm weather."""
    calls = {}
    for number in range(TRIPS):
        if number < CALLS:
            call = ContractCall("ConsentRegistry", "tombstone", ([bytes([number]) * 32],))
            row = outbox.submit(call=call, reference=f"sim.{number}")
            calls[row.reference] = row
            if world.dice.random() < 0.15:
                world.doomed.add(bytes(row.calldata))
        _trip(world, turn)
        world._event()
    world.is_calm, world.base_fee_wei = True, 10**9
    for _ in range(MOST_TRIPS_HOME):
        world.passed += timedelta(seconds=61)
        _index(world, turn)
        _trip(world, turn)
        world.mine()
        if not OutboundCall.objects.filter(state__in=[State.QUEUED, State.SENT]).exists():
            break
    return calls


def _index(world: MoodyChain, turn: HeldTurn) -> None:
    """Notice, as the indexer would, that a fork took confirmed calls off the chain."""
    node, account = cast("Node", world), signing.sender().address
    confirming.confirm(node=node, turn=turn, account=account)


def _trip(world: MoodyChain, turn: HeldTurn) -> None:
    with suppress(NodeDown, ProcessEnded):
        sending.round_trip(cast("Node", world), turn)


def check(world: MoodyChain, calls: dict[str, OutboundCall]) -> None:
    ends = {row.reference: row for row in OutboundCall.objects.all()}
    for reference, call in calls.items():
        end, effects = ends[reference], world.effects(bytes(call.calldata))
        assert end.state in {State.CONFIRMED, State.FAILED}, (reference, end.state, end.waits_for)
        assert effects == (end.state == State.CONFIRMED), (reference, end.state, effects)
        assert end.state == State.CONFIRMED or end.reason, reference
    _check_attempts()


def _check_attempts() -> None:
    """One nonce belongs to one call, and each attempt for it pays an eighth more."""
    confirmed = OutboundCall.objects.filter(state=State.CONFIRMED)
    nonces = list(confirmed.values_list("nonce", flat=True))
    assert len(nonces) == len(set(nonces))
    last: dict[tuple[object, int], Attempt] = {}
    for attempt in Attempt.objects.order_by("id"):
        before = last.get((attempt.call_id, attempt.nonce))
        if before is not None:
            assert 1000 * attempt.most_wei >= 1125 * before.most_wei
        assert attempt.most_wei <= 100 * 10**9
        last[attempt.call_id, attempt.nonce] = attempt


def forget() -> None:
    Attempt.objects.all().delete()
    OutboundCall.objects.all().delete()


@pytest.mark.parametrize(
    ("moods", "confirmations"),
    [(SHALLOW_FORKS, 3), (DEEP_FORKS, 1)],
    ids=["forks stay above the confirmations", "forks go deeper"],
)
def test_each_call_has_its_effect_once(world, sending_turn, moods, confirmations):
    for seed in range(SEEDS):
        history = world(seed, moods, confirmations)
        try:
            check(history, live(history, sending_turn))
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error!r}") from error
        forget()

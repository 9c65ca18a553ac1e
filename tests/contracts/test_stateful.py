"""What holds after any sequence of acts: units are conserved, exits stay open, words count."""

import secrets
from typing import Any, ClassVar

import boa
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from protocol import allotment, merkle, typed_data
from tests.contracts.conftest import chain_id, new_key, now

QUICK = settings(
    max_examples=8,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
DRIVERS = 4
places = st.integers(0, DRIVERS - 1)


class Market(RuleBasedStateMachine):
    compiled: ClassVar[dict[str, Any]] = {}

    @initialize(fee_bps=st.integers(0, 1_500), price=st.integers(1, 10**9))
    def begin(self, fee_bps, price):
        self.keys = sorted((new_key() for _ in range(DRIVERS)), key=lambda k: int(k.address, 16))
        self.treasury, self.price, self.fee_bps = new_key().address, price, fee_bps
        self.token = self.compiled["TestStablecoin"].deploy()
        self.market = self.compiled["ReleaseMarket"].deploy(self.treasury)
        self.token.mint(boa.env.eoa, 2**100)
        self.token.approve(self.market.address, 2**100)
        self.dataset = secrets.token_bytes(32)
        self.market.create_dataset(self.dataset, self.token.address, fee_bps, 2**63)
        self.trees, self.sales, self.taken = {}, {}, 0
        self.publish([1, 1, 1, 1])

    @rule(weights=st.lists(st.integers(1, 2**40), min_size=DRIVERS, max_size=DRIVERS))
    @precondition(lambda self: len(self.trees) < 3 and not self.market.is_halted())
    def publish(self, weights):
        starts = [sum(weights[:index]) for index in range(DRIVERS)]
        shares = [
            merkle.Share(key.address, start, weight)
            for key, start, weight in zip(self.keys, starts, weights, strict=True)
        ]
        tree, release = merkle.Tree(shares), secrets.token_bytes(32)
        facts = (release, self.dataset, b"m" * 32, b"c" * 32, tree.root, sum(weights), 1)
        self.market.publish(*facts, self.price, 0)
        self.trees[release], self.sales[release] = (tree, shares), 0

    @rule(pick=st.integers(0, 2))
    @precondition(lambda self: not self.market.is_halted())
    def buy(self, pick):
        release = list(self.trees)[pick % len(self.trees)]
        self.market.buy(release, self.price, new_key().address)
        self.sales[release] += 1

    @rule(place=places)
    def claim_everything(self, place):
        key = self.keys[place]
        items = [
            (release, shares[place].start, shares[place].weight, tree.proof(place))
            for release, (tree, shares) in self.trees.items()
        ]
        before = self.token.balanceOf(key.address)
        with boa.env.prank(key.address):
            self.market.claim(key.address, key.address, items, 0, b"")
        self.taken += self.token.balanceOf(key.address) - before

    @rule()
    def withdraw_fees(self):
        self.market.withdraw_fees(self.token.address)

    @rule(is_halted=st.booleans())
    def halt(self, is_halted):
        self.market.set_halted(is_halted)

    @invariant()
    def every_unit_is_somewhere(self):
        if not hasattr(self, "trees"):
            return
        claimable = sum(
            self.market.claimable(share.address, release, share.start, share.weight)
            for release, (_, shares) in self.trees.items()
            for share in shares
        )
        fees = self.market.fees_of(self.token.address) + self.token.balanceOf(self.treasury)
        sold = sum(self.sales.values())
        assert sold * self.price == fees + self.taken + claimable
        assert fees == sold * allotment.fee_units(self.price, self.fee_bps)


class Registry(RuleBasedStateMachine):
    compiled: ClassVar[dict[str, Any]] = {}

    def __init__(self):
        super().__init__()
        self.registry = self.compiled["ConsentRegistry"].deploy()
        self.domain = typed_data.consent_domain(chain_id(), self.registry.address)
        self.keys = [new_key() for _ in range(DRIVERS)]
        self.dataset = secrets.token_bytes(32)
        self.expiry = dict.fromkeys(range(DRIVERS), 0)
        self.nonce = dict.fromkeys(range(DRIVERS), 0)

    def grant_item(self, place, expiry, off):
        key, nonce = self.keys[place], self.nonce[place] + off
        facts = {"driver": key.address, "dataset": self.dataset, "terms": b"t" * 32}
        typed = typed_data.grant(self.domain, **facts, expiry=expiry, nonce=nonce)
        return (*facts.values(), expiry, nonce, key.sign(typed))

    @rule(batch=st.lists(st.tuples(places, st.integers(-1, 400), st.integers(0, 1))))
    def grant(self, batch):
        items = []
        for place, days, off in batch:
            expiry = now() + days * 86_400
            items.append(self.grant_item(place, expiry, off))
            if off == 0 and 0 < days <= 366:
                self.expiry[place] = expiry
                self.nonce[place] += 1
        self.registry.grant_batch(items)

    @rule(place=places, direct=st.booleans())
    def revoke(self, place, direct):
        key = self.keys[place]
        if direct:
            with boa.env.prank(key.address):
                self.registry.revoke(self.dataset)
        else:
            facts = (key.address, self.dataset, self.nonce[place])
            typed = typed_data.revoke(
                self.domain, driver=facts[0], dataset=facts[1], nonce=facts[2]
            )
            self.registry.revoke_batch([(*facts, key.sign(typed))])
        self.expiry[place] = 0
        self.nonce[place] += 1

    @rule(days=st.integers(1, 200))
    def wait(self, days):
        boa.env.time_travel(seconds=days * 86_400)

    @invariant()
    def the_last_word_holds(self):
        active = self.registry.are_active([key.address for key in self.keys], self.dataset)
        assert active == [self.expiry[place] > now() for place in range(DRIVERS)]


@pytest.mark.parametrize("machine", [Market, Registry])
def test_it_holds_after_any_sequence_of_acts(machine, compiled, monkeypatch):
    monkeypatch.setattr(machine, "compiled", compiled)
    run_state_machine_as_test(machine, settings=QUICK)

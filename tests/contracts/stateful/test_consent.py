"""Words of consent in any order: the last valid one holds, and leaving is always possible."""

from functools import cache
from typing import NamedTuple

import boa
from eth_abi.abi import decode
from hypothesis import strategies as st
from hypothesis.stateful import rule

from protocol.hashing import keccak256
from tests.contracts.stateful import signing
from tests.contracts.stateful.signing import signer, word
from tests.contracts.stateful.worlds import Machine, call

SHARE = 0.43
LONGEST = 366 * 86_400
STRANGER = signer("stranger")
DRIVERS = [signer(f"driver {number}") for number in range(3)]
DATASETS = [bytes([1]) * 32, bytes([2]) * 32]
PAIRS = [(0, 0), (0, 1), (1, 0), (2, 0)]
"""A driver with two datasets, and two more in the first."""
TERMS = [b"\x0a" * 32, b"\x0b" * 16 + b"\x0c" * 16]

places = st.integers(0, len(PAIRS) - 1)
kinds = st.sampled_from(["Grant", "Renew", "Revoke"])
aheads = st.sampled_from(
    [-1, 0, 1, 60, 86_400, 86_400, 9_000_000, 9_000_000, LONGEST, LONGEST, LONGEST + 1, 2**60]
)
flaws = st.sampled_from([*[""] * 8, "key", "chain", "registry", "second form", "v", "expiry"])
offsets = st.sampled_from([0] * 8 + [-1, 1, 2**40])
terms = st.sampled_from(TERMS)

EVENTS = {
    keccak256(text.encode()): text.partition("(")[0]
    for text in (
        "Granted(address,bytes32,bytes32,uint64,uint64)",
        "Renewed(address,bytes32,uint64,uint64)",
        "Revoked(address,bytes32,uint64)",
        "Skipped(address,bytes32,uint64,string)",
    )
}
NAMES = {"Grant": "Granted", "Renew": "Renewed", "Revoke": "Revoked"}


class Word(NamedTuple):
    """What somebody signed, with what is wrong with the signature (empty: nothing)."""

    kind: str
    place: int
    terms: bytes
    expiry: int
    nonce: int
    chain_id: int
    flaw: str = ""

    @property
    def facts(self):
        driver, dataset = PAIRS[self.place]
        tail = {
            "Grant": (self.terms, self.expiry, self.nonce),
            "Renew": (self.expiry, self.nonce),
            "Revoke": (self.nonce,),
        }[self.kind]
        return (DRIVERS[driver].address, DATASETS[dataset], *tail)


@cache
def signature(said: Word, registry: str) -> bytes:
    key = STRANGER if said.flaw == "key" else DRIVERS[PAIRS[said.place][0]]
    chain_id = said.chain_id + 5 * (said.flaw == "chain")
    home = STRANGER.address if said.flaw == "registry" else registry
    domain = signing.separator("Odometer ConsentRegistry", chain_id, home)
    signed = said._replace(expiry=said.expiry + 1) if said.flaw == "expiry" else said
    raw = key.sign(signing.digest(domain, said.kind, *signed.facts))
    if said.flaw == "second form":
        return signing.high_s(raw)
    return raw[:64] + bytes([raw[64] ^ 7 if said.flaw == "v" else raw[64]])


class Held(NamedTuple):
    """What the model holds of a pair."""

    expiry: int = 0
    nonce: int = 0
    terms: bytes = bytes(16)


class Consent(Machine):
    def begin(self):
        self.registry = self.house["ConsentRegistry"].deploy()
        self.held = [Held()] * len(PAIRS)
        self.kept: list[Word | None] = [None] * len(PAIRS)
        self.lowest = [0] * len(PAIRS)
        self.said: list[Word] = []

    def refusal(self, said: Word) -> str:
        held = self.held[said.place]
        if said.nonce != held.nonce:
            return "wrong nonce"
        if said.kind == "Renew" and held.expiry <= self.now:
            return "none stands"
        if said.kind != "Revoke" and not self.now < said.expiry <= self.now + LONGEST:
            return "wrong expiry"
        is_harmless = said.flaw == "expiry" and said.kind == "Revoke"
        is_mine = said.chain_id == self.chain_id and (not said.flaw or is_harmless)
        return "" if is_mine else "wrong signature"

    def take(self, said: Word) -> None:
        held = self.held[said.place]
        terms = said.terms[:16] if said.kind == "Grant" else held.terms
        is_over = said.kind == "Revoke"
        self.held[said.place] = Held(
            0 if is_over else said.expiry, held.nonce + 1, bytes(16) if is_over else terms
        )
        leave = said._replace(kind="Revoke", nonce=held.nonce + 1, chain_id=self.chain_id, flaw="")
        self.kept[said.place] = None if is_over else leave

    def word(self, kind, place, terms, ahead, offset=0, flaw=""):
        nonce = max(0, self.held[place].nonce + offset)
        expiry = max(0, self.now + ahead)
        return Word(kind, place, terms, expiry, nonce, self.chain_id, flaw)

    def relay(self, said: Word) -> None:
        self.said.append(said)
        refusal = self.refusal(said)
        answer = self.act(
            self.registry,
            STRANGER.address,
            f"{said.kind.lower()}_by_signature",
            *said.facts,
            signature(said, self.registry.address),
            refusal=refusal and f"consent: {refusal}",
        )
        if not refusal:
            self.take(said)
            self.check_events(answer, [(NAMES[said.kind], "")], [said])

    def check_events(self, answer, ends, words) -> None:
        found = []
        for _, _, topics, data in answer.logs:
            name = EVENTS[topics[0].to_bytes(32)]
            reason = decode(["uint64", "string"], data)[1] if name == "Skipped" else ""
            found.append((name, reason, topics[1], topics[2]))
        expected = [
            (*end, *(int.from_bytes(word(fact)) for fact in said.facts[:2]))
            for end, said in zip(ends, words, strict=True)
        ]
        assert found == expected

    @rule(kind=kinds, place=places, terms=terms, ahead=aheads)
    def say(self, kind, place, terms, ahead):
        said = self.word(kind, place, terms, ahead)
        refusal = self.refusal(said)
        _, *facts, _nonce = said.facts
        sender = DRIVERS[PAIRS[place][0]].address
        expected = refusal and f"consent: {refusal}"
        answer = self.act(self.registry, sender, kind.lower(), *facts, refusal=expected)
        if not refusal:
            self.take(said)
            self.check_events(answer, [(NAMES[kind], "")], [said])

    @rule(kind=kinds, place=places, terms=terms, ahead=aheads, offset=offsets, flaw=flaws)
    def sign(self, kind, place, terms, ahead, offset, flaw):
        self.relay(self.word(kind, place, terms, ahead, offset, flaw))

    @rule(pick=st.integers(0, 99))
    def repeat(self, pick):
        if self.said:
            self.relay(self.said[-1 - pick % len(self.said)])

    @rule(place=places)
    def leave_with_what_was_kept(self, place):
        if kept := self.kept[place]:
            self.relay(kept)

    @rule(
        kind=kinds,
        items=st.lists(st.tuples(places, terms, aheads, offsets, flaws), max_size=5),
        repeats=st.lists(st.integers(0, 99), max_size=2),
    )
    def send_batch(self, kind, items, repeats):
        old = [said for said in self.said if said.kind == kind]
        words = [self.word(kind, *item) for item in items]
        words += [old[-1 - pick % len(old)] for pick in repeats if old]
        ends = []
        for said in words:
            refusal = self.refusal(said)
            ends.append(("Skipped", refusal) if refusal else (NAMES[kind], ""))
            if not refusal:
                self.take(said)
        self.said += words
        signed = [signature(said, self.registry.address) for said in words]
        pairs = zip(words, signed, strict=True)
        sent = [(*said.facts, *signing.compact(raw)) for said, raw in pairs]
        name = f"{kind.lower()}_batch"
        answer = self.act(self.registry, STRANGER.address, name, sent, refusal="")
        self.check_events(answer, ends, words)

    @rule(seconds=st.sampled_from([1, 59, 3_600, 86_400, 9_000_000, LONGEST]))
    def wait(self, seconds):
        self.travel(seconds)

    @rule(place=places, early=st.integers(0, 1))
    def wait_for_the_end(self, place, early):
        self.travel(self.held[place].expiry - self.now - early)

    @rule()
    def fork(self):
        boa.env.evm.patch.chain_id ^= 2
        self.is_new = True

    @rule()
    def bury(self):
        self.act(self.registry, STRANGER.address, "tombstone", [b"\x01" * 32], refusal="")

    def check(self):
        pairs = [(DRIVERS[driver].address, DATASETS[dataset]) for driver, dataset in PAIRS]
        found = [self.registry.consent_of(*pair) for pair in pairs]
        assert found == [tuple(held) for held in self.held]
        active = [held.expiry > self.now for held in self.held]
        assert self.registry.are_active(pairs) == active
        nonces = [nonce for _, nonce, _ in found]
        assert all(new >= old for new, old in zip(nonces, self.lowest, strict=True))
        self.lowest = nonces
        for place in range(len(PAIRS)):
            self.check_exit(place)

    def check_exit(self, place):
        driver, dataset = PAIRS[place]
        who, what, kept = DRIVERS[driver].address, DATASETS[dataset], self.kept[place]
        with boa.env.anchor():
            assert call(self.registry, who, "revoke", what).refusal == ""
            assert self.registry.consent_of(who, what)[0] == 0
        if kept and kept.chain_id == self.chain_id:
            sent = (*kept.facts, signature(kept, self.registry.address))
            with boa.env.anchor():
                answer = call(self.registry, STRANGER.address, "revoke_by_signature", *sent)
                assert answer.refusal == ""
                assert self.registry.consent_of(who, what)[0] == 0


def test_the_last_valid_word_holds_and_everybody_can_leave(takes_steps):
    takes_steps(Consent, SHARE)

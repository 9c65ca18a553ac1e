"""Honest and stolen keys in any order: what stands had two keys' words and the whole delay."""

from itertools import product
from typing import NamedTuple

import boa
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.contracts.stateful.signing import signer, word
from tests.contracts.stateful.worlds import NOBODY, Machine, address, call

SHARE = 0.18
DELAY = 172_800
NAMES = ["fee_bps", "treasury", "operator", "licensor", "builder_key", "first_key", "second_key"]
FEE, BUILDER, KEYS = 1, 5, (6, 7)
PEOPLE = [signer(f"person {number}").address for number in range(7)]
"""The first five begin in a role; any may come to hold any, or several."""

settings = st.sampled_from([1, 2, 3, 4, 5, 6, 7] * 4 + [0, 8, 255])
senders = st.sampled_from(["first_key", "second_key"] * 5 + ["operator", *PEOPLE])
people = st.sampled_from(PEOPLE)
values = st.one_of(
    st.sampled_from([word(person) for person in PEOPLE]),
    st.sampled_from([0, 1, 1_200, 1_500, 1_501, 2**16, 2**160, 2**256 - 1]).map(word),
)


class Change(NamedTuple):
    """What is pending in the model."""

    value: bytes
    proposer: str
    ready_at: int = 0


class Said(NamedTuple):
    """A word that was accepted, for the history that the model does not look at."""

    name: str
    setting: int
    value: bytes
    sender: str
    at: int
    keys: tuple[str, str]


class Stewardship(Machine):
    def begin(self):
        first, second, operator, licensor, treasury = PEOPLE[:5]
        self.stewardship = self.house["Stewardship"].deploy(
            first, second, operator, licensor, treasury, 1_200, b"\x05" * 32
        )
        self.standing = {
            1: word(1_200),
            2: word(treasury),
            3: word(operator),
            4: word(licensor),
            5: b"\x05" * 32,
            6: word(first),
            7: word(second),
        }
        self.changes: dict[int, Change] = {}
        self.is_halted = False
        self.history: list[Said] = []
        self.seen = dict(self.standing)

    def holder(self, role: str) -> str:
        """Return who holds a role, or the person itself."""
        if role not in NAMES:
            return role
        return address(int.from_bytes(self.standing[NAMES.index(role) + 1]))

    @property
    def keys(self) -> tuple[str, str]:
        return self.holder("first_key"), self.holder("second_key")

    def send(self, sender, name, *args, refusal):
        expected = refusal and f"stewardship: {refusal}"
        self.act(self.stewardship, sender, name, *args, refusal=expected)
        if not refusal and args:
            value = args[1] if len(args) > 1 else b""
            said = Said(name, args[0], value, sender, self.now, self.keys)
            self.history.append(said)
        return not refusal

    def bad_value(self, setting, value) -> str:
        number = int.from_bytes(value)
        if not 1 <= setting <= len(NAMES):
            return "no such setting"
        if setting == FEE:
            return "fee above 15%" if number > 1_500 else ""
        if setting == BUILDER:
            return "" if number else "no builder key"
        if not number:
            return "no address"
        if number >> 160:
            return "not an address"
        is_taken = setting in KEYS and value in {self.standing[key] for key in KEYS}
        return "same key twice" if is_taken else ""

    def not_free(self, setting, sender) -> str:
        if sender not in self.keys:
            return "not a key"
        change = self.changes.get(setting)
        is_own = setting in KEYS and self.standing[setting] == word(sender)
        if is_own and change and change.proposer != sender:
            return "not by the key it replaces"
        return ""

    @rule(role=senders, setting=settings, value=values)
    def propose(self, role, setting, value):
        sender = self.holder(role)
        refusal = self.not_free(setting, sender) or self.bad_value(setting, value)
        if self.send(sender, "propose", setting, value, refusal=refusal):
            self.changes[setting] = Change(value, sender)

    def pick(self, place, setting) -> int:
        """Return one of the pending settings, or the one drawn if there is none."""
        pending = sorted(self.changes)
        return pending[place % len(pending)] if pending and place < 20 else setting

    @precondition(lambda self: self.changes)
    @rule(
        role=st.just("other key") | senders,
        place=st.integers(0, 24),
        setting=settings,
        other=st.sampled_from([None] * 6 + [word(1), word(PEOPLE[5])]),
    )
    def second(self, role, place, setting, other):
        setting = self.pick(place, setting)
        change = self.changes.get(setting)
        is_first = not change or change.proposer == self.keys[0]
        sender = self.keys[is_first] if role == "other key" else self.holder(role)
        value = other if other or not change else change.value
        value = value or word(1)
        if sender not in self.keys:
            refusal = "not a key"
        elif not change:
            refusal = "nothing pending"
        elif change.proposer == sender:
            refusal = "needs the other key"
        elif change.value != value:
            refusal = "another value"
        else:
            refusal = "seconded already" if change.ready_at else ""
        if self.send(sender, "second", setting, value, refusal=refusal) and change:
            self.changes[setting] = change._replace(ready_at=self.now + DELAY)

    @precondition(lambda self: self.changes)
    @rule(role=senders, place=st.integers(0, 24), setting=settings)
    def enact(self, role, place, setting):
        self.let_stand(self.holder(role), self.pick(place, setting))

    def let_stand(self, sender, setting):
        change = self.changes.get(setting)
        if not change:
            refusal = "nothing pending"
        elif not change.ready_at:
            refusal = "needs the other key"
        elif self.now < change.ready_at:
            refusal = "too early"
        else:
            refusal = self.bad_value(setting, change.value)
        if self.send(sender, "enact", setting, refusal=refusal) and change:
            self.changes.pop(setting)
            self.standing[setting] = change.value
            if setting in KEYS:
                self.changes.clear()

    @precondition(lambda self: self.changes)
    @rule(role=senders, place=st.integers(0, 24), setting=settings)
    def withdraw(self, role, place, setting):
        setting = self.pick(place, setting)
        sender = self.holder(role)
        refusal = self.not_free(setting, sender)
        if not refusal and setting not in self.changes:
            refusal = "nothing pending"
        if self.send(sender, "withdraw", setting, refusal=refusal):
            del self.changes[setting]

    @rule(setting=settings, value=values, is_turned=st.booleans())
    def agree(self, setting, value, is_turned):
        """Let honest keys agree, if nothing is in their way."""
        first, second = reversed(self.keys) if is_turned else self.keys
        if self.not_free(setting, first) or self.bad_value(setting, value):
            return
        self.send(first, "propose", setting, value, refusal="")
        self.send(second, "second", setting, value, refusal="")
        self.changes[setting] = Change(value, first, self.now + DELAY)

    @rule(role=senders, name=st.sampled_from(["halt", "resume", "drop_builder_key"]))
    def guard(self, role, name):
        sender = self.holder(role)
        may = {*self.keys, *([] if name == "resume" else [self.holder("operator")])}
        if not self.send(sender, name, refusal="" if sender in may else "not a key"):
            return
        if name == "drop_builder_key":
            self.standing[BUILDER] = self.seen[BUILDER] = bytes(32)
        else:
            self.is_halted = name == "halt"

    @rule(seconds=st.sampled_from([1, 3_600, DELAY - 1, DELAY]))
    def wait(self, seconds):
        self.travel(seconds)

    @precondition(lambda self: any(change.ready_at for change in self.changes.values()))
    @rule(place=st.integers(0, 6), early=st.sampled_from([0, 0, 0, 1]), sender=people)
    def wait_and_enact(self, place, early, sender):
        ready = sorted(setting for setting, change in self.changes.items() if change.ready_at)
        setting = ready[place % len(ready)]
        self.travel(self.changes[setting].ready_at - self.now - early)
        self.let_stand(sender, setting)

    def check(self):
        found = {
            place: word(getattr(self.stewardship, name)())
            for place, name in enumerate(NAMES, start=1)
        }
        assert found == self.standing
        assert int.from_bytes(found[FEE]) <= 1_500
        assert found[6] != found[7]
        assert self.stewardship.is_halted() == self.is_halted
        for setting in range(1, 8):
            nothing = Change(bytes(32), NOBODY)
            expected = tuple(self.changes.get(setting, nothing))
            assert self.stewardship.change_of(setting) == expected
        for setting, value in found.items():
            if value != self.seen[setting]:
                self.check_history(setting, value)
        self.seen = found
        for setting in KEYS:
            self.check_takeover(setting)

    def check_history(self, setting, value):
        """Find the words of both keys, said under the keys of today and long enough ago."""
        said = [one for one in self.history if (one.setting, one.value) == (setting, value)]
        keys = next(one.keys for one in reversed(self.history) if one.name == "enact")
        assert any(
            (one.name, other.name) == ("propose", "second")
            and one.keys == other.keys == keys
            and {one.sender, other.sender} == set(keys)
            and one.at <= other.at <= self.now - DELAY
            for one, other in product(said, repeat=2)
        )

    def check_takeover(self, setting):
        """Replace a stolen key of which a copy is left, whatever the thief has pending."""
        stolen, honest = self.holder(NAMES[setting - 1]), self.holder(NAMES[12 - setting])
        newcomer = word(signer("newcomer").address)
        with boa.env.anchor():
            words = (setting, newcomer)
            assert call(self.stewardship, honest, "propose", *words).refusal == ""
            assert call(self.stewardship, stolen, "propose", *words).refusal != ""
            assert call(self.stewardship, stolen, "withdraw", setting).refusal != ""
            assert call(self.stewardship, stolen, "second", *words).refusal == ""
            boa.env.time_travel(seconds=DELAY)
            assert call(self.stewardship, PEOPLE[-1], "enact", setting).refusal == ""
            assert word(getattr(self.stewardship, NAMES[setting - 1])()) == newcomer


def test_a_setting_changes_by_two_keys_and_the_whole_delay(takes_steps):
    takes_steps(Stewardship, SHARE)

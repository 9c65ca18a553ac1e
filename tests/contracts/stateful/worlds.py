"""What all machines share: quick calls, token books, the count of steps, and how long to run."""

import math
import os
from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import boa
from eth_abi.abi import decode
from eth_utils.address import to_checksum_address
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, run_state_machine_as_test

from protocol.hashing import keccak256
from tests.contracts.stateful.signing import word

STEPS = int(os.environ.get("ODOMETER_STEPS", "10000"))
"""Steps of all machines together."""
STEPS_PER_WORLD = 50
PHASES = (Phase.reuse, Phase.generate, Phase.shrink)
NOBODY = "0x" + "00" * 20
_TEXT = bytes.fromhex("08c379a0")  # Error(string)


class Answer(NamedTuple):
    """How a call ended: why it was refused (empty: it was not), and its events."""

    refusal: str
    logs: list[Any]


def call(contract: Any, sender: str, name: str, *args: Any) -> Answer:
    """Send a call, without titanoboa's search for the failing line."""
    data = getattr(contract, name).prepare_calldata(*args)
    done = boa.env.execute_code(to_address=contract.address, sender=sender, data=data)
    if not done.is_error:
        return Answer("", list(done.get_raw_log_entries()))
    text = done.output[4:] if done.output[:4] == _TEXT else None
    return Answer(decode(["string"], text)[0] if text else "refused without a word", [])


def stored(contract: Any, slot: int, key: bytes) -> int:
    """Return what a mapping holds, from the storage itself."""
    place = int.from_bytes(keccak256(word(slot) + key))
    return int(boa.env.get_storage(contract.address, place))


def address(number: int) -> str:
    """Return the address of nobody in particular; zero is nobody at all."""
    return str(to_checksum_address(number.to_bytes(20))) if number else NOBODY


class Book:
    """What each account should hold of one token, beside what the token's storage says."""

    def __init__(self, coin: Any) -> None:
        self.coin = coin
        self.units: Counter[str] = Counter()
        self.minted = 0
        self.burned = 0
        self.fee_bps = 0
        self.is_honest = True
        layout = coin.compiler_data.storage_layout["storage_layout"]["erc20"]
        self._slot = layout["balanceOf"]["slot"]

    def mint(self, owner: str, amount: int) -> None:
        self.coin.mint(owner, amount)
        self.units[owner] += amount
        self.minted += amount

    def fee_of(self, amount: int) -> int:
        return amount * self.fee_bps // 10_000

    def move(self, owner: str, to: str, amount: int) -> None:
        self.units[owner] -= amount
        self.units[to] += amount - self.fee_of(amount)
        self.burned += self.fee_of(amount)

    def balance(self, owner: str) -> int:
        """Return what the token's own storage says: many times faster than asking it."""
        return stored(self.coin, self._slot, word(owner))

    def check(self) -> None:
        """Compare every account, and all of them together."""
        held = {owner: self.balance(owner) for owner in self.units}
        assert held == dict(self.units)
        assert sum(held.values()) == self.minted - self.burned


class Machine(RuleBasedStateMachine):
    """Begins each sequence in the same world and counts what is done there."""

    house: ClassVar[dict[str, Any]] = {}
    """Compiled contracts by name."""
    steps: ClassVar[int] = 0
    tally: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self._has_begun = False
        self.is_new = True
        self._words: dict[bytes, object] = {}
        self._kept = boa.env.anchor()
        self._kept.__enter__()
        self.begin()

    def begin(self) -> None:
        """Deploy the world and begin the model."""
        raise NotImplementedError

    def check(self) -> None:
        """Compare a state that was not seen before with the model, and try its exits."""
        raise NotImplementedError

    def teardown(self) -> None:
        self._kept.__exit__(None, None, None)

    @invariant()
    def everything_holds(self) -> None:
        """Look at each state once: what a refused call leaves behind is the state before it."""
        type(self).steps += self._has_begun
        self._has_begun = True
        if self.is_new:
            self.is_new = False
            self.check()

    @property
    def now(self) -> int:
        return int(boa.env.evm.patch.timestamp)

    @property
    def chain_id(self) -> int:
        return int(boa.env.evm.patch.chain_id)

    def travel(self, seconds: int) -> None:
        if seconds > 0:
            boa.env.time_travel(seconds=seconds)
            self.is_new = True

    def has_moved(self, contract: Any, key: bytes, model: object, *names: str) -> bool:
        """Tell whether these mappings, on which a view depends alone, or the model have moved."""
        layout = contract.compiler_data.storage_layout["storage_layout"]
        words = tuple(stored(contract, layout[name]["slot"], key) for name in names)
        is_new = self._words.get(key) != (words, model)
        self._words[key] = (words, model)
        return is_new

    def act(self, contract: Any, sender: str, name: str, *args: Any, refusal: str) -> Answer:
        """Send a call that must end as the model says. refusal: empty when it must be done."""
        answer = call(contract, sender, name, *args)
        self.tally[f"{name}: {answer.refusal or 'done'}"] += 1
        assert answer.refusal == refusal, f"{name} gave {answer.refusal!r}, not {refusal!r}"
        self.is_new |= not answer.refusal
        return answer


def demanded(share: float) -> int:
    return math.ceil(STEPS * share)


def run(machine: type[Machine], steps: int, phases: Sequence[Phase] = PHASES) -> None:
    """Take at least this many random steps. Raises AssertionError if they were not taken."""
    machine.steps, machine.tally = 0, Counter()
    for _ in range(3):  # a sequence may end a step early
        if machine.steps < steps:
            _run(machine, steps - machine.steps, phases)
    assert machine.steps >= steps, f"only {machine.steps} of {steps} steps were taken"


def _run(machine: type[Machine], steps: int, phases: Sequence[Phase]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=math.ceil(steps / STEPS_PER_WORLD),
            stateful_step_count=STEPS_PER_WORLD,
            deadline=None,
            derandomize=False,
            print_blob=True,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        ),
    )

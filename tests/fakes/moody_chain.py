"""A chain and a node of bad character, by seed: forks, thieves, lost answers, sudden ends."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random  # noqa: TID251 - one seed is one history
from typing import Any

from eth_account.typed_transactions.typed_transaction import TypedTransaction
from eth_utils.crypto import keccak
from hexbytes import HexBytes

from chain.domain.calls import Block
from chain.domain.gas import Terms
from chain.domain.wire import Receipt, Refusal, Wish
from chain.errors import NodeDown

BEGAN_AT = datetime(2026, 1, 1, tzinfo=UTC)
GWEI = 10**9
FOREIGN = b""
"""A transaction of the same account that is not ours: all we know of it is its nonce."""


class ProcessEnded(Exception):
    """The sender's process was killed here."""


@dataclass(frozen=True)
class Mined:
    """One transaction on the chain: its bytes, and whether it reverted."""

    raw: bytes
    is_success: bool = True


@dataclass
class Moods:
    """How often each thing happens, from 0 to 1; at every question unless it says otherwise."""

    down: float = 0.02
    ends: float = 0.02
    event: float = 0.3
    reverts: float = 0.05
    foreign: float = 0.04
    deepest_fork: int = 2


@dataclass
class MoodyChain:
    """Blocks and pool of one account. At any question the world may turn."""

    dice: Random
    moods: Moods
    doomed: set[bytes] = field(default_factory=set)
    is_calm: bool = False
    base_fee_wei: int = GWEI
    blocks: list[tuple[bytes, list[Mined]]] = field(default_factory=lambda: [(b"0", [])])
    pool: dict[int, bytes] = field(default_factory=dict)
    passed: timedelta = timedelta()

    # What a node answers.

    def chain_id(self) -> int:
        return 31337

    def block(self, number: int | None = None) -> Block | None:
        self._moods()
        height = len(self.blocks) - 1 if number is None else number
        if not 0 <= height < len(self.blocks):
            return None
        return Block(height, _hash(self.blocks[height][0]), BEGAN_AT)

    def terms(self) -> Terms:
        self._moods()
        return Terms(self.base_fee_wei, 30_000_000)

    def next_nonce(self, address: str, block: int | None = None) -> int:  # noqa: ARG002 - one account
        self._moods()
        last = len(self.blocks) if block is None else block + 1
        return sum(len(mined) for _, mined in self.blocks[:last])

    def estimates(self, sender: str, wishes: Sequence[Wish]) -> list[int | Refusal]:  # noqa: ARG002
        self._moods()
        return [Refusal("no") if wish.data in self.doomed else 50_000 for wish in wishes]

    def receipts(self, tx_hashes: Sequence[str]) -> list[Receipt | None]:
        self._moods()
        found = {
            "0x" + keccak(one.raw).hex(): Receipt(one.is_success, number, _hash(name), "", ())
            for number, (name, mined) in enumerate(self.blocks)
            for one in mined
        }
        return [found.get(tx_hash) for tx_hash in tx_hashes]

    def send(self, raws: Sequence[bytes]) -> list[str]:
        self._moods()
        answers = [self._take(raw) for raw in raws]
        self._moods()  # an answer may be lost after the act
        return answers

    # What the world does.

    def mine(self) -> None:
        """Mine as many of the pool as pay enough, in the order of their nonces."""
        mined: list[Mined] = []
        used = self._used()
        while len(mined) < self.dice.randint(1, 4) and used in self.pool:
            if fields(self.pool[used])["maxFeePerGas"] < self.base_fee_wei:
                break
            is_success = self.is_calm or self.dice.random() >= self.moods.reverts
            mined.append(Mined(self.pool.pop(used), is_success))
            used += 1
        self._append(mined)

    def effects(self, data: bytes) -> int:
        """Return how often this call had its effect on the chain as it is now."""
        done = [one for _, mined in self.blocks for one in mined if one.raw and one.is_success]
        return sum(bytes(fields(one.raw)["data"]) == data for one in done)

    def _moods(self) -> None:
        if self.is_calm:
            return
        if self.dice.random() < self.moods.event:
            self._event()
        chance = self.dice.random()
        if chance < self.moods.down:
            raise NodeDown
        if chance < self.moods.down + self.moods.ends:
            raise ProcessEnded

    def _event(self) -> None:
        if self.dice.random() < self.moods.foreign:
            self._append([Mined(FOREIGN)])
            return
        self.dice.choice(
            [self.mine, self.mine, self._pass_time, self._change_fee, self._forget, self._fork]
        )()

    def _append(self, mined: list[Mined]) -> None:
        self.blocks.append((self.dice.randbytes(8), mined))
        used = self._used()
        self.pool = {nonce: raw for nonce, raw in self.pool.items() if nonce >= used}

    def _pass_time(self) -> None:
        self.passed += timedelta(seconds=self.dice.choice([1, 5, 12, 40]))

    def _change_fee(self) -> None:
        self.base_fee_wei = self.dice.choice([GWEI, 5 * GWEI, 30 * GWEI, 90 * GWEI])

    def _forget(self) -> None:
        for nonce in list(self.pool):
            if self.dice.random() < 0.5:
                del self.pool[nonce]

    def _fork(self) -> None:
        depth = min(self.dice.randint(0, self.moods.deepest_fork), len(self.blocks) - 1)
        if not depth:
            return
        gone = [one for _, mined in self.blocks[-depth:] for one in mined]
        del self.blocks[-depth:]
        for one in gone:
            if one.raw and self.dice.random() < 0.7:
                self.pool[fields(one.raw)["nonce"]] = one.raw
        for _ in range(depth + 1):
            self.dice.choice([self.mine, lambda: self._append([])])()

    def _take(self, raw: bytes) -> str:
        new = fields(raw)
        old = self.pool.get(new["nonce"])
        if new["nonce"] < self._used():
            return "nonce too low"
        if new["maxFeePerGas"] < self.base_fee_wei and self.dice.random() < 0.3:
            return "max fee per gas less than block base fee"
        if old == raw:
            return "already known"
        if old and any(new[name] * 10 < fields(old)[name] * 11 for name in _PRICES):
            return "replacement transaction underpriced"
        self.pool[new["nonce"]] = raw
        return ""

    def _used(self) -> int:
        return sum(len(mined) for _, mined in self.blocks)


_PRICES = ("maxFeePerGas", "maxPriorityFeePerGas")


@lru_cache(maxsize=10_000)
def fields(raw: bytes) -> dict[str, Any]:
    """Return what signed bytes say."""
    return dict(TypedTransaction.from_bytes(HexBytes(raw)).as_dict())


def _hash(name: bytes) -> str:
    return "0x" + name.hex().rjust(64, "0")

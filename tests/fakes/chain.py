"""A chain in memory: one block per transaction, no contract code, scripted answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from eth_abi.abi import decode, encode
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from eth_utils.abi import collapse_if_tuple, event_abi_to_log_topic, function_abi_to_4byte_selector
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hexbytes import HexBytes

from chain import contracts
from chain.domain.calls import Block
from chain.domain.gas import Terms
from chain.domain.wire import Log, Receipt, Refusal, Span, Wish
from chain.errors import CallRefused, NodeDown, RangeTooWide

ADDRESSES = {
    "ConsentRegistry": to_checksum_address("c1" * 20),
    "ReleaseMarket": to_checksum_address("a1" * 20),
    "TestStablecoin": to_checksum_address("f1" * 20),
    "Stewardship": to_checksum_address("51" * 20),
    "CampaignEscrow": to_checksum_address("e1" * 20),
    "DeveloperLicence": to_checksum_address("d1" * 20),
}
NOBODY = "0x" + "00" * 20
STANDING: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(
        ("first_key", "second_key", "operator", "licensor", "treasury"), lambda: NOBODY
    ),
    "is_halted": lambda: False,
    "fee_bps": lambda: 1_200,
    "builder_key": lambda: bytes(32),
    "change_of": lambda _setting: (bytes(32), NOBODY, 0),
    "DELAY": lambda: 172_800,
}
"""What the Stewardship says unless a test says otherwise."""
BEGAN_AT = datetime(2026, 1, 1, tzinfo=UTC)
SpokenEvent = tuple[str, dict[str, Any]]


@dataclass
class FakeChain:
    """Answers what a node would; `speak` says which events a mined call makes."""

    speak: Callable[[str, str, tuple[Any, ...]], list[SpokenEvent]] = lambda *_: []
    views: dict[str, Callable[..., Any]] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    is_down: bool = False
    is_mining: bool = True
    fork: int = 0
    mined: list[Block] = field(default_factory=list)
    heard: list[Log] = field(default_factory=list)
    receipt_of: dict[str, Receipt] = field(default_factory=dict)
    pool: dict[int, bytes] = field(default_factory=dict)
    handed_over: list[bytes] = field(default_factory=list)
    most_blocks: int = 10**9
    asked: list[tuple[int, int]] = field(default_factory=list)
    tamper: Callable[[Span], Span] = lambda span: span
    nonce: int = 0
    nonce_after: dict[int, int] = field(default_factory=dict)
    base_fee_wei: int = 10**9
    gas_limit: int = 30_000_000
    objections: list[str] = field(default_factory=list)
    funds: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.mine()

    # What a test does to the chain.

    def mine(self) -> Block:
        number = len(self.mined)
        name = f"{self.fork}:{number}".encode()
        block = Block(number, "0x" + keccak(name).hex(), BEGAN_AT + timedelta(seconds=number))
        self.mined.append(block)
        self.nonce_after[number] = self.nonce
        return block

    def emit(self, contract: str, name: str, args: dict[str, Any]) -> Log:
        block = self.mine()
        return self._log(block, "0x" + keccak(block.hash.encode()).hex(), contract, name, args)

    def reorganise(self, depth: int) -> None:
        """Put other, empty blocks in the place of the last `depth` ones, and one more."""
        self.fork += 1
        gone = {block.number for block in self.mined[-depth:]}
        del self.mined[-depth:]
        self.heard = [log for log in self.heard if log.block_number not in gone]
        lost = {key for key, one in self.receipt_of.items() if one.block_number in gone}
        self.receipt_of = {key: one for key, one in self.receipt_of.items() if key not in lost}
        self.nonce -= len(lost)
        for _ in range(depth + 1):
            self.mine()

    # What a node answers.

    def chain_id(self) -> int:
        return 31337

    def block(self, number: int | None = None) -> Block | None:
        self._must_be_up()
        height = len(self.mined) - 1 if number is None else number
        return self.mined[height] if 0 <= height < len(self.mined) else None

    def blocks(self, numbers: Sequence[int]) -> list[Block | None]:
        return [self.block(number) for number in numbers]

    def span(self, addresses: Sequence[str], first: int, last: int) -> Span:
        self._must_be_up()
        self.asked.append((first, last))
        if last - first >= self.most_blocks:
            raise RangeTooWide
        wanted = {address.lower() for address in addresses}
        logs = [
            log for log in self.heard if first <= log.block_number <= last and log.address in wanted
        ]
        return self.tamper(Span(logs, self.block(last)))

    def call(self, to: str, data: bytes, block: int | None = None) -> bytes:  # noqa: ARG002 - no past
        self._must_be_up()
        _, abi, args = _decoded(to, data)
        if abi["name"] in self.refusals:
            raise CallRefused(reason=self.refusals[abi["name"]])
        answer = (STANDING | self.views)[abi["name"]](*args)
        parts = [collapse_if_tuple(part) for part in abi["outputs"]]
        return encode(parts, answer if len(parts) > 1 else [answer])

    def estimates(self, sender: str, wishes: Sequence[Wish]) -> list[int | Refusal]:  # noqa: ARG002
        self._must_be_up()
        return [self._estimate(wish) for wish in wishes]

    def terms(self) -> Terms:
        self._must_be_up()
        return Terms(self.base_fee_wei, self.gas_limit)

    def next_nonce(self, address: str, block: int | None = None) -> int:  # noqa: ARG002 - one account
        self._must_be_up()
        is_old = block is not None and block < len(self.mined) - 1
        return self.nonce_after[block or 0] if is_old else self.nonce

    def send(self, raws: Sequence[bytes]) -> list[str]:
        self._must_be_up()
        return [self._take(raw) for raw in raws]

    def receipts(self, tx_hashes: Sequence[str]) -> list[Receipt | None]:
        self._must_be_up()
        return [self.receipt_of.get(tx_hash) for tx_hash in tx_hashes]

    def has_code(self, address: str) -> bool:
        return to_checksum_address(address) in ADDRESSES.values()

    def fund(self, address: str, wei: int) -> None:
        self.funds[address] = wei

    # Inside.

    def _must_be_up(self) -> None:
        if self.is_down:
            raise NodeDown

    def _estimate(self, wish: Wish) -> int | Refusal:
        if wish.to is None:
            return 1_000_000
        if not wish.data:
            return 21_000
        _, abi, args = _decoded(wish.to, wish.data)
        reason = self.refusals.get(abi["name"])
        items = len(args[0]) if args and isinstance(args[0], (list, tuple)) else 1
        return Refusal(reason) if reason else 50_000 * items

    def _take(self, raw: bytes) -> str:
        self.handed_over.append(raw)
        fields = _fields(raw)
        nonce = fields["nonce"]
        if self.objections:
            return self.objections.pop(0)
        if nonce < self.nonce:
            return "nonce too low"
        if fields["maxFeePerGas"] < self.base_fee_wei:
            return "max fee per gas less than block base fee"
        if nonce in self.pool:
            if self.pool[nonce] == raw:
                return "already known"
            if fields["maxFeePerGas"] * 10 < _fields(self.pool[nonce])["maxFeePerGas"] * 11:
                return "replacement transaction underpriced"
        self.pool[nonce] = raw
        self.work()
        return ""

    def work(self) -> None:
        """Mine what can be mined."""
        while self.is_mining and self.nonce in self.pool:
            if _fields(self.pool[self.nonce])["maxFeePerGas"] < self.base_fee_wei:
                return
            self._mine_transaction(self.pool.pop(self.nonce))

    def _mine_transaction(self, raw: bytes) -> None:
        fields = _fields(raw)
        block, tx_hash = self.mine(), "0x" + keccak(raw).hex()
        logs = []
        to = fields.get("to")
        if to and fields["data"]:
            contract, abi, args = _decoded("0x" + bytes(to).hex(), bytes(fields["data"]))
            for name, facts in self.speak(contract, abi["name"], args):
                logs.append(self._log(block, tx_hash, contract, name, facts))
        self.receipt_of[tx_hash] = Receipt(
            is_success=True,
            block_number=block.number,
            block_hash=block.hash,
            created_address="" if to else "0x" + "de" * 20,
            logs=tuple(logs),
        )
        self.nonce += 1
        self.nonce_after[block.number] = self.nonce

    def _log(
        self, block: Block, tx_hash: str, contract: str, name: str, args: dict[str, Any]
    ) -> Log:
        abi = next(
            abi
            for abi in contracts.artifact(contract)["abi"]
            if abi["type"] == "event" and abi["name"] == name
        )
        indexed = [part for part in abi["inputs"] if part["indexed"]]
        plain = [part for part in abi["inputs"] if not part["indexed"]]
        log = Log(
            address=ADDRESSES[contract].lower(),
            topics=(
                event_abi_to_log_topic(abi),
                *(encode([part["type"]], [args[part["name"]]]) for part in indexed),
            ),
            data=encode([part["type"] for part in plain], [args[part["name"]] for part in plain]),
            block_number=block.number,
            block_hash=block.hash,
            tx_hash=tx_hash,
            log_index=sum(other.block_number == block.number for other in self.heard),
        )
        self.heard.append(log)
        return replace(log)


def grants(_contract: str, function: str, args: tuple[Any, ...]) -> list[SpokenEvent]:
    """Speak as the registry does on a batch of grants; nonce 9 is always wrong."""
    if function != "grant_batch":
        return []
    return [_grant(item) for item in args[0]]


def _grant(item: tuple[Any, ...]) -> SpokenEvent:
    facts = {"driver": item[0], "dataset": item[1], "nonce": item[4]}
    if item[4] == 9:
        return "Skipped", facts | {"reason": "wrong nonce"}
    return "Granted", facts | {"terms": item[2], "expiry": item[3]}


def _fields(raw: bytes) -> dict[str, Any]:
    return dict(TypedTransaction.from_bytes(HexBytes(raw)).as_dict())


def _decoded(to: str, data: bytes) -> tuple[str, Any, tuple[Any, ...]]:
    contract = next(name for name, address in ADDRESSES.items() if address.lower() == to.lower())
    for abi in contracts.artifact(contract)["abi"]:
        if abi["type"] == "function" and function_abi_to_4byte_selector(abi) == data[:4]:
            return contract, abi, decode([collapse_if_tuple(p) for p in abi["inputs"]], data[4:])
    raise NodeDown

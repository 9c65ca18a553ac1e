"""The one place that speaks JSON-RPC to a node."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Protocol

import requests
from django.conf import settings
from eth_utils.address import to_checksum_address
from web3 import HTTPProvider
from web3.exceptions import Web3Exception
from web3.types import RPCEndpoint

from chain.domain.calls import Block
from chain.domain.wire import Log, Receipt, Refusal, Wish
from chain.errors import CallRefused, NodeDown

WITHOUT_TRANSACTIONS = False

REVERTED = 3
"""JSON-RPC error code of a call that the contract refused."""


class Node(Protocol):
    """What we ask of a node. Every method may raise NodeDown."""

    def chain_id(self) -> int:
        """Return the chain's id."""

    def block(self, number: int | None = None) -> Block | None:
        """Return the block of this height, or the newest; None when there is none yet."""

    def blocks(self, numbers: Sequence[int]) -> list[Block | None]:
        """Return the blocks of these heights."""

    def logs(self, addresses: Sequence[str], first: int, last: int) -> list[Log]:
        """Return the logs of these contracts in these blocks, in the chain's order."""

    def call(self, to: str, data: bytes, block: int | None = None) -> bytes:
        """Return what a view answers. Raises CallRefused."""

    def estimates(self, sender: str, wishes: Sequence[Wish]) -> list[int | Refusal]:
        """Return the gas that each would use now, or why it would fail."""

    def base_fee_wei(self) -> int:
        """Return the base fee of the newest block."""

    def next_nonce(self, address: str) -> int:
        """Return how many transactions of this account are mined."""

    def send(self, raws: Sequence[bytes]) -> list[str]:
        """Hand over signed transactions; an empty text each, or the node's objection."""

    def receipts(self, tx_hashes: Sequence[str]) -> list[Receipt | None]:
        """Return the receipts of the mined ones, None for the others."""

    def has_code(self, address: str) -> bool:
        """Return True when a contract stands at the address."""

    def fund(self, address: str, wei: int) -> None:
        """Set a balance; only a development chain does this."""


class RpcNode:
    """A node behind an HTTP address."""

    def __init__(self, url: str, timeout_s: int) -> None:
        self._provider = HTTPProvider(
            url, request_kwargs={"timeout": timeout_s}, exception_retry_configuration=None
        )

    def chain_id(self) -> int:
        """Return the chain's id."""
        return int(self._ask("eth_chainId"), 16)

    def block(self, number: int | None = None) -> Block | None:
        """Return the block of this height, or the newest; None when there is none yet."""
        name = "latest" if number is None else hex(number)
        return _block(self._ask("eth_getBlockByNumber", name, WITHOUT_TRANSACTIONS))

    def blocks(self, numbers: Sequence[int]) -> list[Block | None]:
        """Return the blocks of these heights."""
        asked = [
            ("eth_getBlockByNumber", [hex(number), WITHOUT_TRANSACTIONS]) for number in numbers
        ]
        return [_block(_result(answer)) for answer in self._ask_many(asked)]

    def logs(self, addresses: Sequence[str], first: int, last: int) -> list[Log]:
        """Return the logs of these contracts in these blocks, in the chain's order."""
        wanted = {"address": list(addresses), "fromBlock": hex(first), "toBlock": hex(last)}
        logs = [_log(raw) for raw in self._ask("eth_getLogs", wanted)]
        return sorted(logs, key=lambda log: (log.block_number, log.log_index))

    def call(self, to: str, data: bytes, block: int | None = None) -> bytes:
        """Return what a view answers. Raises CallRefused."""
        name = "latest" if block is None else hex(block)
        answer = self._answer("eth_call", [{"to": to, "data": "0x" + data.hex()}, name])
        refusal = _refusal(answer)
        if refusal is not None:
            raise CallRefused(reason=refusal.reason)
        return bytes.fromhex(_result(answer)[2:])

    def estimates(self, sender: str, wishes: Sequence[Wish]) -> list[int | Refusal]:
        """Return the gas that each would use now, or why it would fail."""
        asked = [("eth_estimateGas", [_transaction(sender, wish), "pending"]) for wish in wishes]
        answers = self._ask_many(asked)
        return [_refusal(answer) or int(_result(answer), 16) for answer in answers]

    def base_fee_wei(self) -> int:
        """Return the base fee of the newest block."""
        return int(
            self._ask("eth_getBlockByNumber", "latest", WITHOUT_TRANSACTIONS)["baseFeePerGas"], 16
        )

    def next_nonce(self, address: str) -> int:
        """Return how many transactions of this account are mined."""
        return int(self._ask("eth_getTransactionCount", address, "latest"), 16)

    def send(self, raws: Sequence[bytes]) -> list[str]:
        """Hand over signed transactions; an empty text each, or the node's objection."""
        asked = [("eth_sendRawTransaction", ["0x" + raw.hex()]) for raw in raws]
        answers = self._ask_many(asked)
        return [str(answer.get("error", {}).get("message", "")).lower() for answer in answers]

    def receipts(self, tx_hashes: Sequence[str]) -> list[Receipt | None]:
        """Return the receipts of the mined ones, None for the others."""
        asked = [("eth_getTransactionReceipt", [tx_hash]) for tx_hash in tx_hashes]
        return [_receipt(_result(answer)) for answer in self._ask_many(asked)]

    def has_code(self, address: str) -> bool:
        """Return True when a contract stands at the address."""
        return len(self._ask("eth_getCode", address, "latest")) > len("0x")

    def fund(self, address: str, wei: int) -> None:
        """Set a balance; only a development chain does this."""
        self._ask("anvil_setBalance", address, hex(wei))

    def _ask(self, method: str, *params: Any) -> Any:
        return _result(self._answer(method, list(params)))

    def _answer(self, method: str, params: list[Any]) -> dict[str, Any]:
        try:
            return dict(self._provider.make_request(RPCEndpoint(method), params))
        except (requests.RequestException, Web3Exception, ValueError) as error:
            raise NodeDown from error

    def _ask_many(self, asked: Iterable[tuple[str, list[Any]]]) -> list[dict[str, Any]]:
        batch = [(RPCEndpoint(method), params) for method, params in asked]
        if not batch:
            return []
        try:
            answers = self._provider.make_batch_request(batch)
        except (requests.RequestException, Web3Exception, ValueError) as error:
            raise NodeDown from error
        if not isinstance(answers, list) or len(answers) != len(batch):
            raise NodeDown
        return [dict(answer) for answer in answers]


@lru_cache(maxsize=2)
def _connected(url: str, timeout_s: int) -> RpcNode:
    return RpcNode(url, timeout_s)


def connect() -> Node:
    """Return the node of the settings; nothing is sent before the first question."""
    return _connected(settings.CHAIN_RPC_URL, settings.NODE_TIMEOUT_S)


def _result(answer: dict[str, Any]) -> Any:
    if "error" in answer or "result" not in answer:
        raise NodeDown
    return answer["result"]


def _refusal(answer: dict[str, Any]) -> Refusal | None:
    error = answer.get("error") or {}
    message = str(error.get("message", ""))
    if error.get("code") != REVERTED and "revert" not in message:
        return None
    _, _, reason = message.partition("execution reverted")
    return Refusal(reason.lstrip(": ") or "no reason given")


def _transaction(sender: str, wish: Wish) -> dict[str, str]:
    fields = {"from": sender, "data": "0x" + wish.data.hex()}
    return fields if wish.to is None else {**fields, "to": wish.to}


def _block(raw: dict[str, Any] | None) -> Block | None:
    if raw is None:
        return None
    at = datetime.fromtimestamp(int(raw["timestamp"], 16), tz=UTC)
    return Block(number=int(raw["number"], 16), hash=raw["hash"], at=at)


def _log(raw: dict[str, Any]) -> Log:
    return Log(
        address=raw["address"].lower(),
        topics=tuple(bytes.fromhex(topic[2:]) for topic in raw["topics"]),
        data=bytes.fromhex(raw["data"][2:]),
        block_number=int(raw["blockNumber"], 16),
        block_hash=raw["blockHash"],
        tx_hash=raw["transactionHash"],
        log_index=int(raw["logIndex"], 16),
    )


def _receipt(raw: dict[str, Any] | None) -> Receipt | None:
    if raw is None:
        return None
    created = raw.get("contractAddress")
    return Receipt(
        is_success=int(raw["status"], 16) == 1,
        block_number=int(raw["blockNumber"], 16),
        block_hash=raw["blockHash"],
        created_address=to_checksum_address(created) if created else "",
        logs=tuple(_log(log) for log in raw["logs"]),
    )

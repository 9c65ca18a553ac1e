"""The one place that speaks JSON-RPC to a node."""

import time
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from http import HTTPStatus
from secrets import SystemRandom
from typing import Any, Protocol

import requests
from django.conf import settings
from django.utils import timezone
from web3 import HTTPProvider
from web3.exceptions import Web3Exception
from web3.types import RPCEndpoint

from chain.domain import limits, objections, parsing
from chain.domain.calls import Block
from chain.domain.gas import Terms
from chain.domain.wire import Receipt, Refusal, Span, Wish
from chain.errors import CallRefused, NodeDown, RangeTooWide

WITHOUT_TRANSACTIONS = False

REVERTED = 3
"""JSON-RPC error code of a call that the contract refused."""

MOST_ATTEMPTS = 4
_TOO_MUCH = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.GATEWAY_TIMEOUT)


class Node(Protocol):
    """What we ask of a node. Every method may raise NodeDown."""

    def chain_id(self) -> int:
        """Return the chain's id."""

    def block(self, number: int | None = None) -> Block | None:
        """Return the block of this height, or the newest; None when there is none yet."""

    def blocks(self, numbers: Sequence[int]) -> list[Block | None]:
        """Return the blocks of these heights."""

    def span(self, addresses: Sequence[str], first: int, last: int) -> Span:
        """Return the logs of these contracts in these blocks, in the chain's order.

        Raises RangeTooWide when fewer blocks must be asked for.
        """

    def call(self, to: str, data: bytes, block: int | None = None) -> bytes:
        """Return what a view answers. Raises CallRefused."""

    def estimates(self, sender: str, wishes: Sequence[Wish]) -> list[int | Refusal]:
        """Return the gas that each would use now, or why it would fail."""

    def terms(self) -> Terms:
        """Return what the newest block asks for gas, and how much fits into one."""

    def next_nonce(self, address: str, block: int | None = None) -> int:
        """Return how many transactions of this account stand up to this block, or the newest."""

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
        self._quiet_until = 0.0
        self._dice = SystemRandom()

    def chain_id(self) -> int:
        """Return the chain's id."""
        return int(self._ask("eth_chainId"), 16)

    def block(self, number: int | None = None) -> Block | None:
        """Return the block of this height, or the newest; None when there is none yet."""
        name = "latest" if number is None else hex(number)
        return parsing.block(self._ask("eth_getBlockByNumber", name, WITHOUT_TRANSACTIONS))

    def blocks(self, numbers: Sequence[int]) -> list[Block | None]:
        """Return the blocks of these heights."""
        asked = [
            ("eth_getBlockByNumber", [hex(number), WITHOUT_TRANSACTIONS]) for number in numbers
        ]
        return [parsing.block(_result(answer)) for answer in self._ask_many(asked)]

    def span(self, addresses: Sequence[str], first: int, last: int) -> Span:
        """Return the logs of these contracts in these blocks, and the last block.

        Both are asked in one breath, so that a node that lags behind shows. Raises RangeTooWide.
        """
        wanted = {"address": list(addresses), "fromBlock": hex(first), "toBlock": hex(last)}
        asked: list[tuple[str, list[Any]]] = [
            ("eth_getLogs", [wanted]),
            ("eth_getBlockByNumber", [hex(last), WITHOUT_TRANSACTIONS]),
        ]
        logs, block = (_result(answer) for answer in self._ask_many(asked))
        return Span(logs=parsing.logs(logs), end=parsing.block(block))

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
        return [_estimate(answer) for answer in self._ask_many(asked)]

    def terms(self) -> Terms:
        """Return what the newest block asks for gas, and how much fits into one."""
        block = self._ask("eth_getBlockByNumber", "latest", WITHOUT_TRANSACTIONS)
        if not isinstance(block, dict):
            raise NodeDown
        return Terms(_number(block.get("baseFeePerGas")), _number(block.get("gasLimit")))

    def next_nonce(self, address: str, block: int | None = None) -> int:
        """Return how many transactions of this account stand up to this block, or the newest."""
        name = "latest" if block is None else hex(block)
        return _number(self._ask("eth_getTransactionCount", address, name))

    def send(self, raws: Sequence[bytes]) -> list[str]:
        """Hand over signed transactions; an empty text each, or the node's objection."""
        asked = [("eth_sendRawTransaction", ["0x" + raw.hex()]) for raw in raws]
        return [_objection(answer) for answer in self._ask_many(asked)]

    def receipts(self, tx_hashes: Sequence[str]) -> list[Receipt | None]:
        """Return the receipts of the mined ones, None for the others."""
        asked = [("eth_getTransactionReceipt", [tx_hash]) for tx_hash in tx_hashes]
        return [parsing.receipt(_result(answer)) for answer in self._ask_many(asked)]

    def has_code(self, address: str) -> bool:
        """Return True when a contract stands at the address."""
        return len(self._ask("eth_getCode", address, "latest")) > len("0x")

    def fund(self, address: str, wei: int) -> None:
        """Set a balance; only a development chain does this."""
        self._ask("anvil_setBalance", address, hex(wei))

    def _ask(self, method: str, *params: Any) -> Any:
        return _result(self._answer(method, list(params)))

    def _answer(self, method: str, params: list[Any]) -> dict[str, Any]:
        return dict(
            self._patiently(lambda: self._provider.make_request(RPCEndpoint(method), params))
        )

    def _ask_many(self, asked: Iterable[tuple[str, list[Any]]]) -> list[dict[str, Any]]:
        batch = [(RPCEndpoint(method), params) for method, params in asked]
        return [answer for part in limits.parts(batch) for answer in self._ask_part(list(part))]

    def _ask_part(self, part: list[tuple[RPCEndpoint, Any]]) -> list[dict[str, Any]]:
        answers = self._patiently(lambda: self._provider.make_batch_request(part))
        if isinstance(answers, dict):  # one refusal for all
            _result(answers)
        if not isinstance(answers, list) or len(answers) != len(part):
            raise NodeDown
        return [dict(answer) for answer in answers]

    def _patiently(self, ask: Callable[[], Any]) -> Any:
        """Return what the node sends back; a busy one is left alone and asked again.

        Asking twice is harmless: the same signed bytes are the same transaction.
        """
        for attempt in range(MOST_ATTEMPTS):
            if time.monotonic() < self._quiet_until:
                break
            answer, retry_after = _once(ask)
            if answer is not None:
                return answer
            pause_s = limits.pause_s(
                attempt=attempt,
                dice=self._dice.random(),
                retry_after=retry_after,
                now=timezone.now(),
            )
            if pause_s > limits.MOST_PAUSE_S:
                self._quiet_until = time.monotonic() + pause_s
            else:
                time.sleep(pause_s)
        raise NodeDown


@lru_cache(maxsize=2)
def _connected(url: str, timeout_s: int) -> RpcNode:
    return RpcNode(url, timeout_s)


def connect() -> Node:
    """Return the node of the settings; nothing is sent before the first question."""
    return _connected(settings.CHAIN_RPC_URL, settings.NODE_TIMEOUT_S)


def _once(ask: Callable[[], Any]) -> tuple[Any, str]:
    """Return the answer; or None from a busy node, and what it says about coming back."""
    try:
        answer = ask()
    except requests.HTTPError as error:
        if error.response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            return None, error.response.headers.get("Retry-After", "")
        too_much = error.response.status_code in _TOO_MUCH
        raise (RangeTooWide if too_much else NodeDown) from error
    except requests.ReadTimeout as error:
        raise RangeTooWide from error
    except (requests.RequestException, Web3Exception, ValueError) as error:
        raise NodeDown from error
    errors = [one["error"] for one in _each(answer) if isinstance(one.get("error"), dict)]
    return (None, "") if any(limits.is_busy(error) for error in errors) else (answer, "")


def _each(answer: Any) -> list[dict[str, Any]]:
    found = answer if isinstance(answer, list) else [answer]
    if not all(isinstance(one, dict) for one in found):
        raise NodeDown
    return found


def _result(answer: dict[str, Any]) -> Any:
    error = answer.get("error")
    if isinstance(error, dict) and limits.is_too_wide(error):
        raise RangeTooWide
    if "error" in answer or "result" not in answer:
        raise NodeDown
    return answer["result"]


def _number(text: Any) -> int:
    try:
        return int(text, 16)
    except (TypeError, ValueError) as error:
        raise NodeDown from error


def _estimate(answer: dict[str, Any]) -> int | Refusal:
    if answer.get("error") is None:
        return _number(answer.get("result"))
    words = _words(answer)
    why = objections.why_no_estimate(words)
    return _refusal(answer) or Refusal(words, why)  # one that it cannot judge holds up no other


def _objection(answer: dict[str, Any]) -> str:
    return "" if answer.get("error") is None else _words(answer).lower()


def _words(answer: dict[str, Any]) -> str:
    error = answer["error"]
    return (isinstance(error, dict) and str(error.get("message", ""))) or "no reason given"


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

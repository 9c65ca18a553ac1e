"""Read a chain over plain JSON-RPC: view calls and events, nothing else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import requests
from eth_abi.abi import decode, encode

from odometer.errors import Untrusted, unreachable
from odometer.http import Patience, is_loopback
from protocol.hashing import keccak256

_SELECTOR_BYTES = 4


@dataclass(frozen=True)
class Event:
    """The shape of one event: its name, then `type name` fields; a star marks indexed ones."""

    name: str
    fields: tuple[str, ...]

    @property
    def topic(self) -> str:
        """The first topic of its logs."""
        kinds = ",".join(field.split(" ")[0].rstrip("*") for field in self.fields)
        return "0x" + keccak256(f"{self.name}({kinds})".encode()).hex()

    def read(self, log: dict[str, Any]) -> dict[str, Any]:
        """Return the values of one log by field name."""
        topics = iter(log["topics"][1:])
        pairs = [field.split(" ") for field in self.fields]
        plain = [kind for kind, _ in pairs if not kind.endswith("*")]
        rest = iter(decode(plain, bytes.fromhex(log["data"][2:])))
        return {
            name: _topic(kind.rstrip("*"), next(topics)) if kind.endswith("*") else next(rest)
            for kind, name in pairs
        }


@dataclass(frozen=True)
class Logged:
    """One event that happened: values by name, and where on the chain."""

    values: dict[str, Any]
    block_number: int
    tx_hash: str


class Rpc:
    """One node. Answers are as honest as the node is: use one you trust."""

    def __init__(self, url: str, patience: Patience | None = None) -> None:
        self.url = url
        self._patience = patience or Patience()
        self._http = requests.Session()
        self._http.trust_env = not is_loopback(url)
        self._numbers = count(1)

    def ask(self, method: str, *parameters: Any) -> Any:
        """Return the node's result.

        Raises Unavailable without an answer and Untrusted(rpc_refused) for the node's refusal.
        """
        body = {"jsonrpc": "2.0", "id": next(self._numbers), "method": method}
        for attempt in range(1, self._patience.tries + 1):
            try:
                answer = self._http.post(
                    self.url, json={**body, "params": list(parameters)}, timeout=20
                ).json()
                break
            except requests.RequestException as loss:
                if attempt == self._patience.tries:
                    raise unreachable(self.url, loss) from loss
                self._patience.wait(attempt)
        if "error" in answer:
            raise Untrusted("rpc_refused", f"{method}: {answer['error'].get('message')}")
        return answer["result"]

    def call(
        self,
        to: str,
        signature: str,
        *arguments: Any,
        returns: Sequence[str],
        block: int | None = None,
        sender: str | None = None,
    ) -> tuple[Any, ...]:
        """Return what a function would give; nothing is sent.

        signature: such as `release_of(bytes32)`; sender: on whose behalf, nobody's if not given.
        """
        kinds = [kind for kind in signature[:-1].split("(", 1)[1].split(",") if kind]
        data = keccak256(signature.encode())[:_SELECTOR_BYTES] + encode(kinds, arguments)
        at = "latest" if block is None else hex(block)
        wish = {"to": to, "data": "0x" + data.hex(), **({"from": sender} if sender else {})}
        answer = self.ask("eth_call", wish, at)
        return decode(list(returns), bytes.fromhex(answer[2:]))

    def events(self, address: str, event: Event, *, from_block: int = 0) -> Iterator[Logged]:
        """Yield every such event of one contract, oldest first."""
        wanted = {"address": address, "topics": [event.topic], "fromBlock": hex(from_block)}
        for log in self.ask("eth_getLogs", {**wanted, "toBlock": "latest"}):
            yield Logged(event.read(log), int(log["blockNumber"], 16), log["transactionHash"])

    def head(self) -> int:
        """Return the number of the newest block."""
        return int(self.ask("eth_blockNumber"), 16)


def _topic(kind: str, word: str) -> Any:
    return decode([kind], bytes.fromhex(word[2:]))[0]

"""Speak the contracts' language: calls to bytes, logs to records. No network."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError, EncodingError
from eth_utils.abi import (
    collapse_if_tuple,
    event_abi_to_log_topic,
    function_abi_to_4byte_selector,
)
from eth_utils.address import to_checksum_address

from chain.domain import words
from chain.domain.calls import ContractCall
from chain.errors import BadCall, NodeDown

ARTIFACTS_DIR = Path(__file__).resolve().parent / "artifacts"
CONSTRUCTOR = "__init__"

Abi = Mapping[str, Any]


@dataclass(frozen=True)
class _Form:
    """How an event is written: the types in its topics, those in its data, all their names."""

    name: str
    names: Sequence[str]
    indexed: Sequence[str]
    plain: Sequence[str]


@lru_cache
def artifact(contract: str) -> Mapping[str, Any]:
    """Return abi, bytecode, compiler and source digest of a contract."""
    content: Mapping[str, Any] = json.loads((ARTIFACTS_DIR / f"{contract}.json").read_bytes())
    return content


def artifact_sha256(contract: str) -> str:
    """Return the digest of a contract's artifact: which build of it this code speaks to."""
    return hashlib.sha256((ARTIFACTS_DIR / f"{contract}.json").read_bytes()).hexdigest()


def calldata(call: ContractCall) -> bytes:
    """Return what a transaction of this call carries. Raises BadCall when the arguments misfit."""
    if call.function == CONSTRUCTOR:
        code = bytes.fromhex(artifact(call.contract)["bytecode"].removeprefix("0x"))
        return code + _packed(call, _constructor(call.contract))
    abi = _function(call.contract, call.function)
    return function_abi_to_4byte_selector(abi) + _packed(call, abi)  # type: ignore[arg-type]  # TypedDict


def outputs(call: ContractCall, data: bytes) -> Any:
    """Return what a view answered: one value, or a tuple when the function gives several.

    Raises NodeDown when the bytes are no answer of this function.
    """
    parts = _function(call.contract, call.function)["outputs"]
    try:
        values = decode([collapse_if_tuple(part) for part in parts], data)
    except DecodingError as error:
        raise NodeDown from error
    tidy = tuple(_tidy(part["type"], value) for part, value in zip(parts, values, strict=True))
    return tidy[0] if len(tidy) == 1 else tidy


def item_bytes(contract: str, function: str, item: Sequence[Any]) -> bytes:
    """Return one item of a batch function as bytes that can be kept. Raises BadCall."""
    try:
        return encode([_item_type(contract, function)], [tuple(item)])
    except (EncodingError, TypeError, ValueError) as error:
        raise BadCall(contract=contract, function=function) from error


def item_values(contract: str, function: str, data: bytes) -> dict[str, Any]:
    """Return the fields of an item that was kept as bytes, in the contract's order."""
    (values,) = decode([_item_type(contract, function)], data)
    parts = _function(contract, function)["inputs"][0]["components"]
    return {
        part["name"]: _tidy(part["type"], value) for part, value in zip(parts, values, strict=True)
    }


def event(contract: str, topics: Sequence[bytes], data: bytes) -> tuple[str, dict[str, Any]] | None:
    """Return name and arguments of a log, or None when the contract declares no such event.

    Raises NodeDown when the bytes are none of this event.
    """
    form = _forms(contract).get(topics[0]) if topics else None
    if form is None:
        return None
    values = [*words.values(form.indexed, b"".join(topics[1:])), *_plain(form.plain, data)]
    return form.name, dict(zip(form.names, values, strict=True))


def kept_args(args: Mapping[str, Any]) -> dict[str, Any]:
    """Return event arguments in a form that JSON can keep."""
    return {
        name: "0x" + value.hex() if isinstance(value, bytes) else value
        for name, value in args.items()
    }


def heard_args(contract: str, name: str, kept: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the arguments that `kept_args` kept, as they were heard.

    None when the contract, as it is built now, has no such event any more.
    """
    abi = next((abi for abi in _events(contract).values() if abi["name"] == name), None)
    if abi is None:
        return None
    kinds = {part["name"]: part["type"] for part in abi["inputs"]}
    return {
        key: bytes.fromhex(value[2:]) if kinds[key].startswith("bytes") else value
        for key, value in kept.items()
    }


def _plain(kinds: Sequence[str], data: bytes) -> list[Any]:
    if words.are_words(kinds):
        return words.values(kinds, data)
    try:
        return [_tidy(kind, value) for kind, value in zip(kinds, decode(kinds, data), strict=True)]
    except DecodingError as error:
        raise NodeDown from error


def _packed(call: ContractCall, abi: Abi) -> bytes:
    try:
        return encode([collapse_if_tuple(part) for part in abi["inputs"]], call.args)
    except (EncodingError, TypeError, ValueError) as error:
        raise BadCall(contract=call.contract, function=call.function) from error


@lru_cache
def _function(contract: str, function: str) -> Abi:
    for abi in artifact(contract)["abi"]:
        if abi["type"] == "function" and abi["name"] == function:
            return dict(abi)
    raise BadCall(contract=contract, function=function)


@lru_cache
def _constructor(contract: str) -> Abi:
    abis = [abi for abi in artifact(contract)["abi"] if abi["type"] == "constructor"]
    return dict(abis[0]) if abis else {"inputs": []}


@lru_cache
def _forms(contract: str) -> Mapping[bytes, _Form]:
    return {topic: _form(abi) for topic, abi in _events(contract).items()}


def _form(abi: Abi) -> _Form:
    indexed = [part for part in abi["inputs"] if part["indexed"]]
    plain = [part for part in abi["inputs"] if not part["indexed"]]
    return _Form(
        name=abi["name"],
        names=[part["name"] for part in [*indexed, *plain]],
        indexed=[part["type"] for part in indexed],
        plain=[collapse_if_tuple(part) for part in plain],
    )


@lru_cache
def _events(contract: str) -> Mapping[bytes, Abi]:
    abis = [abi for abi in artifact(contract)["abi"] if abi["type"] == "event"]
    return {event_abi_to_log_topic(abi): abi for abi in abis}


def _item_type(contract: str, function: str) -> str:
    return collapse_if_tuple(_function(contract, function)["inputs"][0]).removesuffix("[]")


def _tidy(kind: str, value: Any) -> Any:
    if kind == "address":
        return to_checksum_address(value)
    if kind.endswith("]"):
        return [_tidy(kind[: kind.rindex("[")], part) for part in value]
    return value

"""Ask the contracts at a named block."""

from typing import Any

from django.conf import settings
from eth_abi.abi import encode

from chain import contracts, deployed, node
from chain.domain.calls import Block, ContractCall
from chain.errors import CallRefused, NodeDown

_IS_VALID_SIGNATURE = bytes.fromhex("1626ba7e")
"""Selector of EIP-1271, and what a contract account answers when a signature is its own."""


def head() -> Block:
    """Return the newest block that has the confirmations we wait for. Raises NodeDown."""
    newest = node.connect().block()
    if newest is None:
        raise NodeDown
    if settings.CHAIN_CONFIRMATIONS <= 1:
        return newest
    number = max(0, newest.number - settings.CHAIN_CONFIRMATIONS + 1)
    confirmed = node.connect().block(number)
    if confirmed is None:
        raise NodeDown
    return confirmed


def view(call: ContractCall, *, block: int | None = None) -> Any:
    """Return what a view function answers, at a block's height or at the newest block.

    Raises NotDeployed, NodeDown, CallRefused.
    """
    to = deployed.address_of(call.contract)
    answer = node.connect().call(to, contracts.calldata(call), block)
    return contracts.outputs(call, answer)


def accepts(account: str, digest: bytes, signature: bytes) -> bool:
    """Tell whether a contract account calls this signature its own now (EIP-1271).

    An address without code, and a contract that refuses or answers with anything else, do not.
    Raises NodeDown: a node that is silent has said neither yes nor no.
    """
    data = _IS_VALID_SIGNATURE + encode(["bytes32", "bytes"], [digest, signature])
    try:
        answer = node.connect().call(account, data)
    except CallRefused:
        return False
    return answer == _IS_VALID_SIGNATURE.ljust(32, b"\0")


def has_code(account: str) -> bool:
    """Tell whether a contract stands at the address. Raises NodeDown."""
    return node.connect().has_code(account)


def chain_id() -> int:
    """Return the id that the node itself gives to its chain. Raises NodeDown."""
    return node.connect().chain_id()


def address_of(contract: str) -> str:
    """Return the checksum address of a deployed contract. Raises NotDeployed."""
    return deployed.address_of(contract)

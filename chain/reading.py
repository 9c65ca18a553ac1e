"""Ask the contracts at a named block."""

from typing import Any

from django.conf import settings

from chain import contracts, deployed, node
from chain.domain.calls import Block, ContractCall
from chain.errors import NodeDown


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


def chain_id() -> int:
    """Return the id that the node itself gives to its chain. Raises NodeDown."""
    return node.connect().chain_id()


def address_of(contract: str) -> str:
    """Return the checksum address of a deployed contract. Raises NotDeployed."""
    return deployed.address_of(contract)

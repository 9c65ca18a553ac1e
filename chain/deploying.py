"""Put the contracts on the chain, once each, through the same lane as every other call."""

import json
import time
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet

from chain import contracts, deployed, node, sending, signing, turns
from chain.domain import stewards
from chain.domain.calls import ContractCall
from chain.errors import (
    BadStewardValue,
    CallRefused,
    ChainReplaced,
    NodeDown,
    NoStewards,
    TurnTaken,
)
from chain.models import OutboundCall

DEV_CHAIN_ID = 31337
DEV_FUNDS_WEI = 10**22
PATIENCE_S = 60
DEV_TOKEN = "TestStablecoin"  # noqa: S105 - a contract's name
NO_KEY = bytes(32)

STANDS_ON: Final[Mapping[str, tuple[str, ...]]] = {
    DEV_TOKEN: (),
    "ConsentRegistry": (),
    "Stewardship": (),
    "ReleaseMarket": ("Stewardship",),
    "CampaignEscrow": ("ReleaseMarket", "Stewardship"),
    "DeveloperLicence": ("Stewardship",),
}
"""Every contract in its order, and those whose addresses its constructor takes, in theirs."""


def deploy(*, builder_key: bytes | None) -> dict[str, Any]:
    """Return the deployment after making sure that all of it stands.

    builder_key: SHA-256 of the builder's X25519 public key, which a new Stewardship names first;
    None for none yet. One that stands is left as it is: only its stewards may change it.

    Raises NodeDown, NotDeployed without a sender's key, NoStewards, ChainReplaced, CallRefused.
    """
    rpc = node.connect()
    operator = signing.sender().address
    if settings.CHAIN_ID == DEV_CHAIN_ID:
        rpc.fund(operator, DEV_FUNDS_WEI)
    known, genesis = deployed.read(), _genesis_hash(rpc)
    if known.get("genesis_hash") != genesis:
        known = _of_another_chain(known)
    deployment = _first_facts(known, operator, genesis)
    if deployment != known:
        _write(deployment)  # first of all: the sender works only on the chain that this names
    for name, needed in STANDS_ON.items():
        if name == DEV_TOKEN and settings.CHAIN_ID != DEV_CHAIN_ID:
            continue
        places = {other: deployment["contracts"][other]["address"] for other in needed}
        if not _stands(rpc, deployment["contracts"].get(name), places):
            fact = _make(rpc, name, _arguments(name, places, deployment, builder_key or NO_KEY))
            fact["stands_on"] = places
            deployment["contracts"][name] = fact
            _write(deployment)  # a run that breaks off here is taken up after this contract
    return deployment


def _genesis_hash(rpc: node.Node) -> str:
    block = rpc.block(0)
    if block is None:
        raise NodeDown
    return block.hash


def _of_another_chain(known: dict[str, Any]) -> dict[str, Any]:
    """Return what of a deployment is true on a chain that began anew: nothing of its contracts."""
    if "genesis_hash" in known and settings.CHAIN_ID != DEV_CHAIN_ID:
        raise ChainReplaced
    return {}


def _first_facts(known: dict[str, Any], operator: str, genesis: str) -> dict[str, Any]:
    stands = "Stewardship" in known.get("contracts", {})
    first, second = known["stewards"].values() if stands else _stewards(operator)
    return {
        "chain_id": settings.CHAIN_ID,
        "genesis_hash": genesis,
        "contracts": dict(known.get("contracts", {})),
        "operator": operator,
        "treasury": known.get("treasury", operator),
        "stewards": {"first": first, "second": second},
    }


def _stewards(operator: str) -> tuple[str, str]:
    """Return the addresses of the two stewards that the settings name. Raises NoStewards."""
    try:
        first, second = (stewards.address_of(text) for text in settings.CHAIN_STEWARDS)
    except (BadStewardValue, ValueError) as error:
        raise NoStewards(problem="they are not two, or one is no address") from error
    if first == second or operator in {first, second}:
        raise NoStewards(problem="one address was given twice, or it is the operator's")
    return first, second


def _arguments(
    name: str, places: Mapping[str, str], deployment: Mapping[str, Any], builder_key: bytes
) -> tuple[Any, ...]:
    if name != "Stewardship":
        return tuple(places.values())
    operator = deployment["operator"]
    return (
        *deployment["stewards"].values(),
        operator,
        operator,  # the licensor: the house gives developers their licences itself
        deployment["treasury"],
        settings.FEE_BPS,
        builder_key,
    )


def _stands(rpc: node.Node, fact: dict[str, Any] | None, places: Mapping[str, str]) -> bool:
    """Return whether a known contract has code and leans on those that stand now."""
    return (
        fact is not None and fact.get("stands_on", {}) == places and rpc.has_code(fact["address"])
    )


def _make(rpc: node.Node, name: str, args: tuple[Any, ...]) -> dict[str, Any]:
    call = _through(rpc, ContractCall(name, contracts.CONSTRUCTOR, args), f"deploy.{name}")
    return {
        "address": call.created_address,
        "block": call.block_number,
        "artifact_sha256": contracts.artifact_sha256(name),
    }


def _through(rpc: node.Node, call: ContractCall, reference: str) -> OutboundCall:
    """Send one creation through the lane and wait until it is confirmed.

    One that an earlier, broken-off run left open is taken up again, and so is one that a worker
    confirmed after that run broke off.
    """
    data = contracts.calldata(call)
    mine = OutboundCall.objects.filter(reference__startswith=f"{reference}.")
    same = mine.filter(calldata=data)
    row = same.filter(state__in=_OPEN).first() or _on_this_chain(rpc, same)
    if row is None:
        row = OutboundCall.objects.create(
            reference=f"{reference}.{mine.count()}",
            contract=call.contract,
            function=call.function,
            calldata=data,
        )
    give_up_at = time.monotonic() + PATIENCE_S
    while row.state in _OPEN:
        if time.monotonic() > give_up_at:
            raise NodeDown
        _drain()
        row.refresh_from_db()
    if row.state == OutboundCall.State.FAILED:
        raise CallRefused(reason=row.reason)
    return row


_OPEN = [OutboundCall.State.QUEUED, OutboundCall.State.SENT]


def _on_this_chain(rpc: node.Node, same: QuerySet[OutboundCall]) -> OutboundCall | None:
    """Return a creation that this very chain has; one of a chain wiped since does not count."""
    for row in same.filter(state=OutboundCall.State.CONFIRMED):
        (receipt,) = rpc.receipts([row.tx_hash])
        if receipt is not None and receipt.is_success:
            return row
    return None


def _drain() -> None:
    try:
        with turns.take("sending") as turn:
            sending.run(turn=turn)
    except TurnTaken:
        time.sleep(turns.POLL_S)  # a worker is at it; our row is in its line


def _write(deployment: dict[str, Any]) -> None:
    path = deployed.file()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(deployment, indent=2) + "\n", encoding="utf-8")
    draft.replace(path)

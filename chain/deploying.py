"""Put the contracts on the chain, once each, through the same lane as every other call."""

import hashlib
import json
import time
from typing import Any

from django.conf import settings

from chain import contracts, deployed, node, sending, signing, turns
from chain.domain.calls import ContractCall
from chain.errors import CallRefused, NodeDown, TurnTaken
from chain.models import OutboundCall

DEV_CHAIN_ID = 31337
DEV_FUNDS_WEI = 10**22
PATIENCE_S = 60


def deploy(*, builder_key: bytes | None) -> dict[str, Any]:
    """Return the deployment after making sure that all of it stands.

    builder_key: SHA-256 of the builder's X25519 public key, or None to leave it as it is.

    Raises NodeDown, NotDeployed without a sender's key, CallRefused.
    """
    rpc = node.connect()
    operator = signing.sender().address
    if settings.CHAIN_ID == DEV_CHAIN_ID:
        rpc.fund(operator, DEV_FUNDS_WEI)
    known = deployed.read()
    found = {
        name: _ensure(rpc, name, args, known.get("contracts", {}).get(name))
        for name, args in _wanted(operator).items()
    }
    deployment = {
        "chain_id": settings.CHAIN_ID,
        "contracts": found,
        "operator": operator,
        "treasury": known.get("treasury", operator),
    }
    _write(deployment)
    if builder_key is not None:
        _name_builder_key(builder_key)
    return deployment


def _wanted(operator: str) -> dict[str, tuple[Any, ...]]:
    wanted: dict[str, tuple[Any, ...]] = {"ConsentRegistry": (), "ReleaseMarket": (operator,)}
    return wanted | ({"TestStablecoin": ()} if settings.CHAIN_ID == DEV_CHAIN_ID else {})


def _ensure(
    rpc: node.Node, name: str, args: tuple[Any, ...], known: dict[str, Any] | None
) -> dict[str, Any]:
    """Return where the contract stands; a known one with code is never replaced."""
    if known is not None and rpc.has_code(known["address"]):
        return known
    call = _through(ContractCall(name, contracts.CONSTRUCTOR, args), f"deploy.{name}")
    return {
        "address": call.created_address,
        "block": call.block_number,
        "artifact_sha256": _artifact_sha256(name),
    }


def _name_builder_key(builder_key: bytes) -> None:
    market = deployed.address_of("ReleaseMarket")
    asked = ContractCall("ReleaseMarket", "builder_key")
    named = contracts.outputs(asked, node.connect().call(market, contracts.calldata(asked)))
    if named != builder_key:
        call = ContractCall("ReleaseMarket", "set_builder_key", (builder_key,))
        _through(call, f"builder-key.{builder_key.hex()[:16]}")


def _through(call: ContractCall, reference: str) -> OutboundCall:
    """Send one call through the lane and wait until it is confirmed.

    A call that an earlier, broken-off run left open is taken up again; a closed one is not.
    """
    mine = OutboundCall.objects.filter(reference__startswith=f"{reference}.")
    row = mine.filter(state__in=[OutboundCall.State.QUEUED, OutboundCall.State.SENT]).first()
    if row is None:
        row = OutboundCall.objects.create(
            reference=f"{reference}.{mine.count()}",
            contract=call.contract,
            function=call.function,
            calldata=contracts.calldata(call),
        )
    give_up_at = time.monotonic() + PATIENCE_S
    while row.state in {OutboundCall.State.QUEUED, OutboundCall.State.SENT}:
        if time.monotonic() > give_up_at:
            raise NodeDown
        _drain()
        row.refresh_from_db()
    if row.state == OutboundCall.State.FAILED:
        raise CallRefused(reason=row.reason)
    return row


def _drain() -> None:
    try:
        with turns.take("sending") as turn:
            sending.run(turn=turn)
    except TurnTaken:
        time.sleep(turns.POLL_S)  # a worker is at it; our row is in its line


def _artifact_sha256(name: str) -> str:
    return hashlib.sha256((contracts.ARTIFACTS_DIR / f"{name}.json").read_bytes()).hexdigest()


def _write(deployment: dict[str, Any]) -> None:
    path = deployed.file()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(deployment, indent=2) + "\n", encoding="utf-8")
    draft.replace(path)

"""What the stewards' contract says now: halted or not, fee, roles, builder's key; a moment old."""

import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from chain import contracts, deployed, node, reading
from chain.domain.calls import ContractCall
from chain.errors import FeeDiffers, MarketHalted
from common.errors import Unavailable

CONTRACT = "Stewardship"
KEPT_S = 2.0
"""How old an answer may be; the contracts themselves are asked at every sale and publication."""

_kept: dict[str, tuple[object, str, float, Any]] = {}


@dataclass(frozen=True)
class Finding:
    """A difference between this house and the chain that people must settle."""

    code: str
    detail: str


def is_halted() -> bool:
    """Return whether new sales, campaigns and releases are stopped. Raises Unavailable."""
    return bool(_view("is_halted"))


def builder_key() -> bytes:
    """Return the SHA-256 of the key to seal for; zeros when there is none. Raises Unavailable."""
    return bytes(_view("builder_key"))


def fee_bps() -> int:
    """Return the fee that a new dataset must name, basis points. Raises Unavailable."""
    return int(_view("fee_bps"))


def refuse_while_halted(*, may_not_know: bool = False) -> None:
    """Raise MarketHalted while the stewards have halted the market.

    may_not_know: let it pass when the chain does not answer, where the contract is asked anyway;
    else Unavailable is raised.
    """
    try:
        if is_halted():
            raise MarketHalted
    except Unavailable:
        if not may_not_know:
            raise


def refuse_another_fee(here_bps: int) -> None:
    """Raise FeeDiffers when the chain would refuse a dataset that names this fee.

    A chain that does not answer lets it pass: the contract is asked anyway.
    """
    try:
        there_bps = fee_bps()
    except Unavailable:
        return
    if there_bps != here_bps:
        raise FeeDiffers(here_bps=here_bps, there_bps=there_bps)


def forget() -> None:
    """Ask anew at the next question: something was just changed."""
    _kept.clear()


def findings(*, key_digest: bytes | None) -> list[Finding]:
    """Return where this house and the chain differ; empty when all is well.

    key_digest: SHA-256 of the builder's public key of this house, if there is one.

    Raises Unavailable.
    """
    return [*_of_fee(), *_of_builder_key(key_digest), *_of_operator(), *_of_contracts()]


def _of_fee() -> list[Finding]:
    here, there = settings.FEE_BPS, fee_bps()
    if here == there:
        return []
    detail = (
        f"FEE_BPS is {here} here and {there} on the chain: new datasets will be refused. "
        f"Set FEE_BPS={there}, or let the stewards change it: {_ceremony('fee_bps', str(here))}"
    )
    return [Finding("fee_differs", detail)]


def _of_builder_key(here: bytes | None) -> list[Finding]:
    there = builder_key()
    if here is None or here == there:
        return []
    named = f"another builder key ({there.hex()[:16]}...)" if any(there) else "no builder key"
    detail = (
        f"The chain names {named}, and the one here is {here.hex()[:16]}...: no driver's device "
        "will seal for it. Put back the key that the chain names, or let the stewards name this "
        f"one: {_ceremony('builder_key', here.hex())}"
    )
    return [Finding("builder_key_differs", detail)]


def _of_operator() -> list[Finding]:
    here, there = deployed.read().get("operator", ""), str(_view("operator"))
    if here in {"", there}:
        return []
    detail = (
        f"The chain's operator is {there}, and this house sends as {here}: datasets and releases "
        "will be refused. Give the sender the operator's key, or let the stewards name this one: "
        f"{_ceremony('operator', here)}"
    )
    return [Finding("operator_differs", detail)]


def _of_contracts() -> list[Finding]:
    facts = deployed.read().get("contracts", {})
    other = [
        name
        for name, fact in facts.items()
        if fact.get("artifact_sha256") not in {None, "", contracts.artifact_sha256(name)}
    ]
    detail = "On the chain stands another build than this code speaks to: " + ", ".join(other)
    return [Finding("contracts_differ", detail)] if other else []


def _ceremony(word: str, value: str) -> str:
    return (
        f"`manage.py steward propose {word} {value} --key-file ...`, `second` with the other key, "
        "`enact` two days later."
    )


def _view(name: str) -> Any:
    """Return what a view of the contract answers, asked at most every two seconds."""
    rpc, address = node.connect(), deployed.address_of(CONTRACT)
    kept = _kept.get(name)
    if kept and kept[0] is rpc and kept[1] == address and time.monotonic() - kept[2] < KEPT_S:
        return kept[3]
    value = reading.view(ContractCall(CONTRACT, name))
    _kept[name] = (rpc, address, time.monotonic(), value)
    return value

"""Check a proof of erasure with nothing but a node."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from odometer.chain import ERASED, Chain
from odometer.errors import Untrusted
from odometer.rpc import Rpc
from protocol.hashing import sha256

_PREFIX = "odometer-erasure-v1:"


@dataclass(frozen=True)
class Erased:
    """A proof that holds: how many uploads, and the last block that says so.

    whole: "driver" or "vehicle" when the proof is of all that belonged to one; else empty.
    """

    uploads: int
    block_number: int
    whole: str = ""


def tombstone(erased_id: str) -> bytes:
    """Return the digest that stands on the chain for an erased upload, vehicle or driver."""
    return sha256(f"{_PREFIX}{erased_id}".encode())


def verify(proof: Mapping[str, Any], chain: Chain, uploads: Iterable[str] = ()) -> Erased:
    """Return what a proof proves, where the marketplace's contract is known.

    uploads: ids that the proof must cover; only who handed them in knows them.
    Raises Untrusted(erasure_not_proved).
    """
    if (proof["chain_id"], proof["contract"]) != (chain.chain_id, chain.registry):
        raise _unproved("the proof speaks of another contract")
    return _verify(proof, chain.rpc, uploads)


def verify_alone(
    proof: Mapping[str, Any], rpc: Rpc, uploads: Iterable[str] = (), *, contract: str = ""
) -> Erased:
    """Return what a proof proves, asking a node and nobody else.

    contract: the ConsentRegistry's address where you know it from elsewhere; without it, the proof
    holds for the contract that it names itself.
    Raises Untrusted(erasure_not_proved), Unavailable.
    """
    if int(rpc.ask("eth_chainId"), 16) != proof["chain_id"]:
        raise _unproved("the node is on another chain than the proof")
    if contract and contract.lower() != proof["contract"].lower():
        raise _unproved("the proof speaks of another contract")
    if rpc.ask("eth_getCode", proof["contract"], "latest") in {"", "0x"}:
        raise _unproved("there is no contract at this address")
    return _verify(proof, rpc, uploads)


def _verify(proof: Mapping[str, Any], rpc: Rpc, uploads: Iterable[str]) -> Erased:
    named = {_bytes(upload["digest"]) for upload in proof["uploads"]}
    whole = proof.get("whole") or {}
    digests = named | ({_bytes(whole["digest"])} if whole else set())
    stands = _standing(proof, rpc, digests)
    if missing := [digest.hex() for digest in digests if digest not in stands]:
        raise _unproved("no tombstone on the chain", digests=missing)
    if missing := [upload for upload in uploads if tombstone(upload) not in named]:
        raise _unproved("the proof leaves an upload out", uploads=missing)
    last = max((stands[digest] for digest in digests), default=0)
    return Erased(len(named), last, str(whole.get("kind", "")))


def _standing(proof: Mapping[str, Any], rpc: Rpc, digests: set[bytes]) -> dict[bytes, int]:
    """Return the block of every digest that stands; asks for the named transactions first.

    A public node answers for one transaction, and often not for all blocks at once. What was put
    into another transaction by a fork is looked for in all of them.
    """
    places = [*proof.get("transactions", ()), *filter(None, [proof.get("whole")])]
    stands: dict[bytes, int] = {}
    for tx_hash in dict.fromkeys(place["tx_hash"] for place in places):
        stands |= _said_in(rpc, tx_hash, proof["contract"])
    if digests <= stands.keys():
        return stands
    events = rpc.events(proof["contract"], ERASED)
    return {event.values["digest"]: event.block_number for event in events}


def _said_in(rpc: Rpc, tx_hash: str, contract: str) -> dict[bytes, int]:
    receipt = rpc.ask("eth_getTransactionReceipt", tx_hash)
    return {
        ERASED.read(log)["digest"]: int(log["blockNumber"], 16)
        for log in (receipt or {}).get("logs", ())
        if log["address"].lower() == contract.lower() and log["topics"][:1] == [ERASED.topic]
    }


def _bytes(digest: str) -> bytes:
    return bytes.fromhex(digest.removeprefix("0x"))


def _unproved(sentence: str, **facts: object) -> Untrusted:
    return Untrusted("erasure_not_proved", sentence, **facts)

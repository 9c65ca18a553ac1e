"""Check a proof of erasure with nothing but a node."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from odometer.chain import ERASED, Chain
from odometer.errors import Untrusted
from protocol.hashing import sha256

_PREFIX = "odometer-erasure-v1:"


@dataclass(frozen=True)
class Erased:
    """A proof that holds: how many uploads, and the last block that says so."""

    uploads: int
    block_number: int


def tombstone(upload_id: str) -> bytes:
    """Return the digest that stands on the chain for an erased upload, 32 bytes."""
    return sha256(f"{_PREFIX}{upload_id}".encode())


def verify(proof: Mapping[str, Any], chain: Chain, uploads: Iterable[str] = ()) -> Erased:
    """Return what a proof proves.

    uploads: ids that the proof must cover; only who handed them in knows them.
    Raises Untrusted(erasure_not_proved).
    """
    if (proof["chain_id"], proof["contract"]) != (chain.chain_id, chain.registry):
        raise Untrusted("erasure_not_proved", "the proof speaks of another contract")
    stands = {
        event.values["digest"]: event.block_number
        for event in chain.rpc.events(chain.registry, ERASED)
    }
    named = {bytes.fromhex(upload["digest"].removeprefix("0x")) for upload in proof["uploads"]}
    if missing := [digest.hex() for digest in named if digest not in stands]:
        raise Untrusted("erasure_not_proved", "no tombstone on the chain", digests=missing)
    if missing := [upload for upload in uploads if tombstone(upload) not in named]:
        raise Untrusted("erasure_not_proved", "the proof leaves an upload out", uploads=missing)
    return Erased(len(named), max((stands[digest] for digest in named), default=0))

"""The terms of one consent, and the digest that the driver signs and the chain keeps."""

from collections.abc import Mapping
from typing import TypedDict

from protocol import canonical
from protocol.hashing import keccak256


class Payout(TypedDict):
    """How contributors are paid. contributors_bps: basis points of the price."""

    rule: str
    contributors_bps: int


class Terms(TypedDict):
    """What a driver agrees to. expires_at: Unix seconds; rho_micro_max: millionths of rho."""

    version: int
    offer_id: str
    dataset_id: str
    purposes: list[str]
    signal_groups: list[str]
    recipient_class: str
    expires_at: int
    rho_micro_max: int
    payout: Payout
    builder_key_sha256: str
    text: dict[str, str]


def terms_digest(terms: Terms | Mapping[str, object]) -> bytes:
    """Return the Keccak-256 of the terms as canonical JSON, 32 bytes.

    Raises ProtocolError(not_canonical) when the terms hold a float.
    """
    return keccak256(canonical.encode(terms))

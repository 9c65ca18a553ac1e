"""Claim what the releases with a driver's data have earned."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from odometer.chain import Chain
from odometer.consenting import ConsentKey
from odometer.errors import Untrusted
from odometer.http import Session
from protocol import merkle, typed_data, vault
from protocol.ids import to_bytes32

CLAIM_LIFETIME_S: Final = 24 * 3600
MAX_RELEASES: Final = 32
"""Releases in one signed claim, at most: the contract's bound."""


@dataclass(frozen=True)
class Payout:
    """One driver's share of one release. Amounts in token units."""

    release_id: str
    consent_address: str
    earned_units: int
    claimed_units: int
    claimable_units: int
    body: Mapping[str, Any]

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Payout":
        """Return the payout of an API body."""
        amounts = {name: int(body[name]) for name in ("earned_units", "claimed_units")}
        return cls(
            release_id=body["release_id"],
            consent_address=body["consent_address"],
            claimable_units=int(body["claimable_units"]),
            body=body,
            **amounts,
        )

    @property
    def share(self) -> merkle.Share:
        """The driver's place in this release's pool."""
        share = self.body["share"]
        return merkle.Share(self.consent_address, int(share["start"]), int(share["weight"]))


@dataclass(frozen=True)
class Claim:
    """Money on its way out: queued, confirmed or failed."""

    session: Session
    body: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The claim's id."""
        return str(self.body["id"])

    @property
    def state(self) -> str:
        """queued, confirmed or failed."""
        return str(self.body["state"])

    def refreshed(self) -> "Claim":
        """Return the claim as it is now."""
        return Claim(self.session, self.session.get(f"/claims/{self.id}"))


def payout_address(seed: bytes) -> str:
    """Return the driver's own address for money."""
    return typed_data.address_of(vault.payout_key(seed))


def claim(
    session: Session,
    chain: Chain,
    payouts: Sequence[Payout],
    keys: Mapping[str, ConsentKey],
    to: str,
) -> list[Claim]:
    """Sign and send one claim per consent key. keys: by address.

    Raises Untrusted(share_mismatch) when a share does not stand under the chain's root.
    """
    return [
        _claim_with(session, chain, of_one[start : start + MAX_RELEASES], keys[address], to)
        for address, of_one in _by_address(payouts).items()
        for start in range(0, len(of_one), MAX_RELEASES)
    ]


def _claim_with(
    session: Session, chain: Chain, payouts: Sequence[Payout], key: ConsentKey, to: str
) -> Claim:
    for payout in payouts:
        _check_share(chain, payout)
    deadline = int(time.time()) + CLAIM_LIFETIME_S
    message = typed_data.claim(
        chain.market_domain,
        driver=key.address,
        to=to,
        releases=[to_bytes32(payout.release_id) for payout in payouts],
        deadline=deadline,
    )
    body = {
        "consent_address": key.address,
        "release_ids": [payout.release_id for payout in payouts],
        "to": to,
        "deadline": deadline,
        "signature": typed_data.sign(key.private_key, message),
    }
    return Claim(session, session.post("/claims", body))


def _check_share(chain: Chain, payout: Payout) -> None:
    root = chain.release(payout.release_id).contributors_root
    proof = [bytes.fromhex(word.removeprefix("0x")) for word in payout.body["proof"]]
    if not merkle.verify(root, payout.share, proof):
        raise Untrusted(
            "share_mismatch",
            "this share does not stand under the root on the chain",
            release=payout.release_id,
        )


def _by_address(payouts: Sequence[Payout]) -> dict[str, list[Payout]]:
    groups: dict[str, list[Payout]] = {}
    for payout in payouts:
        groups.setdefault(payout.consent_address, []).append(payout)
    return groups

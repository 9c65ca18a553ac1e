"""Commit a drawn release on the chain, once its ciphertext is pinned."""

from typing import Any

from django.db import transaction

from anonymize.models import Release
from chain import outbox, standing
from chain.domain.calls import ContractCall
from common.errors import Unavailable
from protocol import cid
from protocol.ids import to_bytes32
from storage.models import SealedObject
from work.claiming import Lease


class NotPinnedYet(Unavailable):
    """The release's ciphertext is still on its way to IPFS."""

    code = "not_pinned_yet"


def publish(lease: Lease) -> None:
    """Submit the publication of one release, once its bytes are pinned.

    Raises NotPinnedYet, and MarketHalted: what was drawn waits, for the contract would refuse it.
    """
    release = Release.objects.select_related("sealed", "dataset").get(id=lease.reference)
    if release.sealed is None or release.sealed.state != SealedObject.State.PINNED:
        raise NotPinnedYet
    if release.state == Release.State.DRAWN:
        standing.refuse_while_halted()
    with transaction.atomic():
        drawn = Release.objects.filter(id=release.id, state=Release.State.DRAWN)
        if drawn.update(state=Release.State.PUBLISHING):
            outbox.submit(call=_call(release), reference=f"anonymize.release:{release.id}")
        lease.finish()


def _call(release: Release) -> ContractCall:
    facts: dict[str, Any] = release.manifest or {}
    contributors = facts["contributors"]
    return ContractCall(
        "ReleaseMarket",
        "publish",
        (
            to_bytes32(release.id),
            to_bytes32(release.dataset_id),
            bytes.fromhex(release.manifest_digest[2:]),
            cid.cid_digest(facts["file"]["cid"]),
            bytes.fromhex(contributors["root"][2:]),
            contributors["total_weight"],
            release.rho_micro,
            release.price_units,
            release.consent_block,
        ),
    )

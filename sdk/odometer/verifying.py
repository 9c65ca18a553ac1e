"""Hold a release against the chain: manifest, contributors, bytes, last chunk."""

import base64

from odometer.chain import PUBLISHED, Chain
from odometer.errors import Untrusted
from protocol import cid, envelope
from protocol import manifest as manifests
from protocol.errors import ProtocolError
from protocol.hashing import sha256
from protocol.ids import to_bytes32
from protocol.manifest import Manifest


def manifest(chain: Chain, release_id: str, claimed: Manifest) -> Manifest:
    """Return the manifest when the chain holds its digest and agrees with what it says.

    Raises Untrusted: not_on_chain, manifest_mismatch.
    """
    record = chain.release(release_id)
    try:
        digest = manifests.digest(claimed)
    except ProtocolError as error:
        raise Untrusted("manifest_mismatch", f"this is no manifest: {error}") from error
    said = {
        "digest": digest,
        "release": to_bytes32(claimed["release_id"]),
        "contributors": bytes.fromhex(claimed["contributors"]["root"].removeprefix("0x")),
        "total_weight": claimed["contributors"]["total_weight"],
    }
    stands = {
        "digest": record.manifest_digest,
        "release": to_bytes32(release_id),
        "contributors": record.contributors_root,
        "total_weight": record.total_weight,
    }
    wrong = sorted(name for name in said if said[name] != stands[name])
    if wrong:
        raise Untrusted("manifest_mismatch", "the chain says otherwise", fields=wrong)
    return claimed


def publication(chain: Chain, claimed: Manifest) -> int:
    """Return the block of the publication, when the event says what the manifest says.

    Raises Untrusted: not_on_chain, manifest_mismatch.
    """
    wanted = to_bytes32(claimed["release_id"])
    events = chain.rpc.events(chain.market, PUBLISHED)
    logged = next((event for event in events if event.values["release"] == wanted), None)
    if logged is None:
        raise Untrusted("not_on_chain", "no publication of this release was found")
    said = {
        "dataset": to_bytes32(claimed["dataset_id"]),
        "cid_digest": cid.cid_digest(claimed["file"]["cid"]),
        "rho": claimed["rho_micro"],
        "consent_block": claimed["consent_block"]["number"],
    }
    wrong = sorted(name for name in said if said[name] != logged.values[name])
    if wrong:
        raise Untrusted("manifest_mismatch", "the publication says otherwise", fields=wrong)
    return logged.block_number


def file(claimed: Manifest, sealed: bytes) -> None:
    """Check the ciphertext. Raises Untrusted(file_mismatch)."""
    about = claimed["file"]
    if sha256(sealed).hex() != about["sha256"] or cid.cid_of([sealed]) != about["cid"]:
        raise Untrusted("file_mismatch", "these bytes are not the release's")


def opened(claimed: Manifest, sealed: bytes, wrapped: bytes, private_key: bytes) -> bytes:
    """Return the plaintext, complete to its last chunk. Raises ProtocolError."""
    context = envelope.Context(**claimed["file"]["context"])
    data_key = envelope.unwrap_key(wrapped, private_key, context)
    return envelope.open_bytes(sealed, data_key, context)


def from_base64(text: str) -> bytes:
    """Return the bytes of base64 text."""
    return base64.b64decode(text, validate=True)

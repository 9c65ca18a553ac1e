"""Holding a release against the chain."""

import pytest
from nacl.public import PrivateKey

from odometer import verifying
from odometer.chain import ReleaseRecord
from odometer.errors import Untrusted
from protocol import cid, envelope
from protocol import manifest as manifests
from protocol.hashing import sha256
from tests.sdk.world import TOKEN, SaidChain

RELEASE = "6f1c2a34-0000-4000-8000-00000000000a"
DATASET = "6f1c2a34-0000-4000-8000-000000000001"
ROOT = b"\6" * 32
SEALED = b"ciphertext"


def _manifest(**changed):
    return {
        "version": 1,
        "release_id": RELEASE,
        "dataset_id": DATASET,
        "spec": {"title": "When do cars charge?"},
        "spec_sha256": "00" * 32,
        "window": ["2026-10"],
        "rho_micro": 100,
        "epsilon": "1.00",
        "delta": "0.000001",
        "mechanism": {"name": "discrete_gaussian", "steps": []},
        "bounds": {},
        "cohort_noised": 30,
        "consent_block": {"number": 7, "hash": "0x" + "00" * 32},
        "contributors": {"root": "0x" + ROOT.hex(), "total_weight": 30},
        "file": {
            "cid": cid.cid_of([SEALED]),
            "sha256": sha256(SEALED).hex(),
            "size_bytes": len(SEALED),
            "envelope_version": 1,
            "context": {"kind": "release", "account": "", "subject": DATASET, "object": RELEASE},
        },
        "columns": [],
        "code_version": "0.1.0",
        "is_simulated": True,
        "published_at": "2026-11-22T00:00:00Z",
        **changed,
    }


def _chain(of):
    digest = manifests.digest(of)
    record = ReleaseRecord(TOKEN.address, 100, 1200, 30, 0, ROOT, digest)
    return SaidChain(release=record)


def test_a_manifest_that_the_chain_knows_is_believed():
    manifest = _manifest()
    assert verifying.manifest(_chain(manifest), RELEASE, manifest) == manifest


@pytest.mark.parametrize(
    "changed",
    [
        {"cohort_noised": 31},
        {"rho_micro": 1},
        {"contributors": {"root": "0x" + "00" * 32, "total_weight": 30}},
        {"release_id": DATASET},
    ],
)
def test_a_manifest_that_was_changed_is_not(changed):
    with pytest.raises(Untrusted, match="chain says otherwise"):
        verifying.manifest(_chain(_manifest()), RELEASE, _manifest(**changed))


def test_something_else_than_a_manifest_is_refused():
    with pytest.raises(Untrusted, match="no manifest"):
        verifying.manifest(_chain(_manifest()), RELEASE, {})  # type: ignore[typeddict-item]


def test_other_bytes_than_the_release_are_refused():
    verifying.file(_manifest(), SEALED)
    with pytest.raises(Untrusted, match="not the release"):
        verifying.file(_manifest(), SEALED + b"x")


def test_the_plaintext_opens_with_the_key_that_was_wrapped_for_the_reader():
    reader = PrivateKey.generate()
    context = envelope.Context("release", "", DATASET, RELEASE)
    data_key = envelope.new_data_key()
    sealed = envelope.seal_bytes(b"PAR1", data_key, context)
    wrapped = envelope.wrap_key(data_key, bytes(reader.public_key), context)
    assert verifying.opened(_manifest(), sealed, wrapped, bytes(reader)) == b"PAR1"

import hashlib
import uuid

from storage.domain import tombstones

UPLOAD = uuid.UUID("0f6d3a52-9a44-4f0e-8f0b-3d2b8f6f5f11")


def test_the_digest_names_its_purpose_and_the_upload() -> None:
    text = b"odometer-erasure-v1:0f6d3a52-9a44-4f0e-8f0b-3d2b8f6f5f11"
    assert tombstones.digest_of(UPLOAD) == hashlib.sha256(text).digest()

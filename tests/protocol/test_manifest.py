import hashlib

import pytest

from protocol import manifest
from protocol.errors import ProtocolError
from tests.protocol import vectors

VECTORS = vectors.read("manifest")
MANIFEST = VECTORS["manifest"]


def test_a_manifest_has_the_digest_of_the_vectors():
    data = manifest.encode(MANIFEST)

    assert hashlib.sha256(data).hexdigest() == VECTORS["sha256"]
    assert manifest.digest(MANIFEST).hex() == VECTORS["digest"]
    assert manifest.decode(data) == MANIFEST


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"more": 1}, ""),
        ({"epsilon": 2.2}, "/epsilon"),
        ({"rho_micro": True}, "/rho_micro"),
        ({"file": {}}, "/file"),
        ({"consent_block": {"number": "1", "hash": ""}}, "/consent_block/number"),
        ({"mechanism": {"name": "x", "steps": [{"scale": "1"}]}}, "/mechanism/steps/0"),
        ({"columns": [{"name": "energy_mean"}]}, "/columns/0"),
    ],
    ids=str,
)
def test_it_refuses_a_manifest_out_of_shape(change, pointer):
    with pytest.raises(ProtocolError) as refusal:
        manifest.check({**MANIFEST, **change})

    assert (refusal.value.code, refusal.value.pointer) == ("bad_manifest", pointer)


def test_it_refuses_another_version():
    with pytest.raises(ProtocolError) as refusal:
        manifest.check({**MANIFEST, "version": 2})

    assert refusal.value.code == "unsupported_version"


def test_it_refuses_something_else():
    with pytest.raises(ProtocolError):
        manifest.decode(b"[]")

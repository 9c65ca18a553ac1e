"""A proof of erasure holds when the chain carries its tombstones."""

from types import SimpleNamespace

import pytest

from odometer import erasing
from odometer.errors import Untrusted
from odometer.rpc import Logged
from tests.sdk.world import REGISTRY, SaidChain

UPLOAD = "6f1c2a34-0000-4000-8000-0000000000aa"


@pytest.fixture
def chain():
    said = SaidChain()
    logged = [Logged({"digest": erasing.tombstone(UPLOAD)}, 12, "0x00")]
    said.rpc = SimpleNamespace(events=lambda *_: iter(logged))  # type: ignore[assignment]
    return said


def _proof(*uploads, **changed):
    rows = [{"digest": "0x" + erasing.tombstone(one).hex(), "cid": ""} for one in uploads]
    return {"chain_id": 31337, "contract": REGISTRY, "uploads": rows, **changed}


def test_a_proof_names_its_uploads_and_the_block_that_says_so(chain):
    assert erasing.verify(_proof(UPLOAD), chain, [UPLOAD]) == erasing.Erased(1, 12)


def test_a_tombstone_that_is_not_on_the_chain_proves_nothing(chain):
    with pytest.raises(Untrusted, match="no tombstone"):
        erasing.verify(_proof(UPLOAD, "another"), chain)


def test_a_proof_that_leaves_an_own_upload_out_does_not_hold(chain):
    with pytest.raises(Untrusted, match="leaves an upload out"):
        erasing.verify(_proof(), chain, [UPLOAD])


@pytest.mark.parametrize("changed", [{"chain_id": 1}, {"contract": "0x" + "77" * 20}])
def test_a_proof_about_another_contract_proves_nothing(chain, changed):
    with pytest.raises(Untrusted, match="another contract"):
        erasing.verify(_proof(UPLOAD, **changed), chain)

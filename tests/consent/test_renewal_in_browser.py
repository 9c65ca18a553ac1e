"""The browser makes the words of a renewal itself, and signs no others."""

import json
import subprocess
from pathlib import Path
from uuid import UUID

import pytest

from consent.domain import renewal
from protocol import typed_data
from protocol.terms import terms_digest
from tests.protocol.static import lay_out

KEY = b"\x07" * 32
DRIVER = typed_data.address_of(KEY)
DATASET = UUID("22222222-2222-4222-8222-222222222222")
REGISTRY = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
TERMS = {"version": 1, "dataset_id": str(DATASET), "rho_micro_max": 24_360}


def words(**changes):
    facts = {
        "chain_id": 31337,
        "registry": REGISTRY,
        "driver": DRIVER,
        "dataset_id": DATASET,
        "expiry": 1_900_000_000,
        "nonce": 4,
    }
    made = renewal.words(**{**facts, **changes})
    return {"renew": made.renew, "revoke": made.revoke}


@pytest.fixture(scope="module")
def answer(tmp_path_factory):
    given = {
        "shown": {
            "dataset_id": str(DATASET),
            "chain_id": 31337,
            "registry_address": REGISTRY,
            "expires_at": 1_900_000_000,
            "terms": TERMS,
            "terms_digest": "0x" + terms_digest(TERMS).hex(),
        },
        "driver": DRIVER,
        "nonce": 4,
        "private_key": KEY.hex(),
        "asked": words(),
        "other": [
            words(expiry=1_900_000_001),
            words(nonce=5),
            words(driver="0x" + "11" * 20),
            words(dataset_id=UUID(int=1)),
            words(registry="0x" + "22" * 20),
            words(chain_id=1),
            {"renew": words()["revoke"], "revoke": words()["renew"]},
        ],
    }
    script = Path(__file__).with_name("renewal.mjs")
    static = lay_out(tmp_path_factory.mktemp("static"))
    done = subprocess.run(
        ["node", script, static, json.dumps(given)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_browser_and_server_mean_the_same_words(answer):
    assert answer["words"] == words()
    signed = {name: typed_data.sign(KEY, words()[name]) for name in ("renew", "revoke")}
    assert answer["signatures"] == signed


def test_it_takes_what_was_shown_and_nothing_else(answer):
    assert answer["takes_what_was_shown"]
    assert answer["takes_another"] == [False] * 7


def test_it_knows_the_terms_by_their_digest_and_by_what_it_saw_before(answer):
    assert answer["knows_the_terms"]
    assert answer["knows_what_it_saw"]
    assert not answer["takes_other_terms"]
    assert not answer["takes_unseen_terms"]

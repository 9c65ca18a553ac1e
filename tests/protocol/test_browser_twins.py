import base64
import json
import subprocess
from pathlib import Path

import pytest

from protocol import envelope, recovery, typed_data, vault
from protocol.vector_inputs import PASSPHRASE, plaintext
from stack import vendor_modules
from tests.protocol import vectors
from tests.protocol.static import lay_out


@pytest.fixture(scope="module")
def static(tmp_path_factory):
    return lay_out(tmp_path_factory.mktemp("static"))


@pytest.fixture(scope="module")
def answer(static):
    script = Path(__file__).with_name("twins.mjs")
    done = subprocess.run(
        ["node", script, static, vectors.DIRECTORY], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_browser_agrees_with_every_vector(answer):
    problems = [check for check in answer["checks"] if check["problem"]]

    assert problems == []
    assert len(answer["checks"]) > 100


def test_python_opens_what_the_browser_sealed(answer):
    context = envelope.Context(**vectors.read("envelope")["context"])
    made = answer["made"]

    opened = envelope.open_bytes(
        base64.b64decode(made["sealed"]), bytes.fromhex(made["data_key"]), context
    )

    assert opened == plaintext(made["plain_bytes"])


def test_python_unwraps_a_key_the_browser_wrapped(answer):
    sealing = vectors.read("envelope")
    context = envelope.Context(**sealing["context"])
    private_key = bytes.fromhex(sealing["wrapped"]["private_key"])

    data_key = envelope.unwrap_key(
        base64.b64decode(answer["made"]["wrapped"]), private_key, context
    )

    assert data_key.hex() == sealing["data_key"]


def test_python_opens_a_challenge_the_browser_sealed(answer):
    seed = bytes.fromhex(vectors.read("vault")["seed"])
    sealed = base64.b64decode(answer["made"]["challenge"])

    challenge = recovery.open_challenge(sealed, vault.box_key(seed))

    assert challenge.hex() == vectors.read("recovery")["challenge"]


def test_python_accepts_the_proof_and_the_signatures_the_browser_made(answer):
    kept, signing = vectors.read("recovery"), vectors.read("typed_data")
    proof = bytes.fromhex(answer["made"]["recovery_proof"])
    signed = zip(signing["messages"], answer["made"]["signatures"], strict=True)

    assert recovery.fits(proof, bytes.fromhex(kept["challenge"]), recovery.Answer(**kept["answer"]))
    assert {typed_data.recover(one["typed"], signature) for one, signature in signed} == {
        signing["address"]
    }


def test_python_opens_the_vault_the_browser_made(answer):
    made = answer["made"]
    opened = vault.prove(PASSPHRASE, made["vault"]["kdf"])

    assert vault.open_vault(made["vault"], opened.seal_key).hex() == made["seed"]
    assert opened.sign_in_proof.hex() == made["sign_in_proof"]
    assert vault.seed_of(made["words"]).hex() == made["seed"]


def test_no_module_asks_for_a_bare_name(static):
    modules = [*static.rglob("*.js")]
    bare = [
        f"{path.relative_to(static)}: {found[3]}"
        for path in modules
        if path.name not in {"tus.js", "htmx.js", "libsodium-slow.js"}
        for found in vendor_modules.IMPORT.finditer(path.read_text(encoding="utf-8"))
        if not found[3].startswith(".")
    ]

    assert len(modules) > 30
    assert bare == []

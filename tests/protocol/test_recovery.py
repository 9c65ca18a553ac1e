import secrets
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import envelope, recovery, vault
from protocol.errors import ProtocolError
from tests.protocol import vectors

VECTORS = vectors.read("recovery")
BOX_KEY = vault.box_key(bytes.fromhex(VECTORS["seed"]))
CHALLENGE = bytes.fromhex(VECTORS["challenge"])
ANSWER = recovery.Answer(**VECTORS["answer"])


def test_the_challenge_of_the_vectors_opens_and_is_answered():
    challenge = recovery.open_challenge(bytes.fromhex(VECTORS["sealed"]), BOX_KEY)

    assert challenge == CHALLENGE
    assert recovery.prove(challenge, ANSWER).hex() == VECTORS["proof"]
    assert recovery.fits(bytes.fromhex(VECTORS["proof"]), challenge, ANSWER)


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["name"])
def test_it_opens_nothing_but_challenges(case):
    with pytest.raises(ProtocolError) as refusal:
        recovery.open_challenge(bytes.fromhex(case["sealed"]), BOX_KEY)

    assert refusal.value.code == case["code"]


def test_a_wrapped_data_key_is_never_opened_for_the_server():
    context = envelope.Context(**vectors.read("envelope")["context"])
    sealed = envelope.wrap_key(secrets.token_bytes(32), recovery.public_key_of(BOX_KEY), context)

    with pytest.raises(ProtocolError, match="something else"):
        recovery.open_challenge(sealed, BOX_KEY)


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://elsewhere.example"},
        {"handle": "other_driver"},
        {"recovery_id": "5f0c6f0a-3f5b-4c0e-9a55-0e5d0b7c8a12"},
        {"sign_in_proof": "00" * 32},
        {"vault": {**ANSWER.vault, "sealed_seed": "AAAA"}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_proof_holds_for_one_place_one_driver_and_one_vault(change):
    proof = bytes.fromhex(VECTORS["proof"])

    assert not recovery.fits(proof, CHALLENGE, replace(ANSWER, **change))


@given(st.binary(min_size=32, max_size=32))
def test_whoever_holds_the_key_opens_a_fresh_challenge(challenge):
    sealed = recovery.seal_challenge(challenge, recovery.public_key_of(BOX_KEY))

    assert recovery.open_challenge(sealed, BOX_KEY) == challenge


@pytest.mark.parametrize("case", VECTORS["origins"], ids=lambda case: case["url"])
def test_an_origin_is_written_as_browsers_do(case):
    assert recovery.origin_of(case["url"]) == case["origin"]

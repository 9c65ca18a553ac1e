"""Coming back with the recovery words: the same seed, a new passphrase, nothing kept for it."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from protocol import recovery, vault
from registry import enrolment, recovering
from registry.models import Developer, Driver, Recovery, SignInFailure, Vault
from tests.factories.registry import proof_of, vault_body

pytestmark = pytest.mark.django_db

SEED = bytes(range(32))
ORIGIN = "http://testserver"
BODY = vault_body("22" * 16)
QUERIES = 6
PROOF = proof_of("the new passphrase")


@pytest.fixture
def keeper() -> Driver:
    """A driver whose public key follows from SEED."""
    return enrolment.enrol_driver(
        handle="keeper",
        sign_in_proof=proof_of("keeper"),
        vault=vault_body(),
        public_key=vault.box_public_key(SEED).hex(),
        language="en",
        at=timezone.now(),
    )


def _begin(client: APIClient, handle: str = "keeper") -> Any:
    return client.post("/api/v1/recoveries", {"handle": handle}, format="json")


def _answer(client: APIClient, begun: Any, **changes: Any) -> Any:
    """Answer as the holder of SEED would; `changes` are made before the proof is."""
    key = vault.box_key(changes.pop("seed", SEED))
    facts = {"origin": ORIGIN, "handle": "keeper", "vault": BODY, "sign_in_proof": PROOF.hex()}
    said = facts | {"recovery_id": begun["id"]} | changes
    challenge = recovery.open_challenge(base64.b64decode(begun["challenge"]), key)
    proof = recovery.prove(challenge, recovery.Answer(**said))
    return _send(client, begun["id"], proof)


def _send(client: APIClient, recovery_id: str, proof: bytes, **changes: Any) -> Any:
    body = {"handle": "keeper", "proof": proof.hex(), "vault": BODY, "sign_in_proof": PROOF.hex()}
    return client.post(f"/api/v1/recoveries/{recovery_id}/answer", body | changes, format="json")


def test_who_holds_the_seed_puts_a_new_vault_in_place(anybody: APIClient, keeper: Driver) -> None:
    answer = _answer(anybody, _begin(anybody).json())
    assert (answer.status_code, answer.json()["vault"], answer.json()["revision"]) == (200, BODY, 2)
    assert anybody.get("/api/v1/drivers/me").json()["id"] == str(keeper.id)
    session = {"handle": "keeper", "sign_in_proof": PROOF.hex()}
    assert APIClient().post("/api/v1/sessions", session, format="json").status_code == 201
    old = session | {"sign_in_proof": proof_of("keeper").hex()}
    assert APIClient().post("/api/v1/sessions", old, format="json").status_code == 401


def test_it_ends_every_other_session(anybody: APIClient, keeper: Driver) -> None:
    elsewhere = APIClient()
    elsewhere.force_login(keeper.user)
    assert elsewhere.get("/api/v1/vault").status_code == 200
    _answer(anybody, _begin(anybody).json())
    assert elsewhere.get("/api/v1/vault").status_code == 401
    assert elsewhere.get("/api/v1/sessions/current").json()["ended"]["why"] == "passphrase"


def test_public_key_and_driver_stay_as_they_were(anybody: APIClient, keeper: Driver) -> None:
    _answer(anybody, _begin(anybody).json())
    assert Driver.objects.get().public_key == keeper.public_key
    assert Driver.objects.get().id == keeper.id


def test_a_challenge_is_answered_once(anybody: APIClient, keeper: Driver) -> None:
    begun = _begin(anybody).json()
    assert _answer(anybody, begun).status_code == 200
    assert _answer(anybody, begun).json()["code"] == "recovery_refused"


def test_a_wrong_proof_uses_the_challenge_up(anybody: APIClient, keeper: Driver) -> None:
    begun = _begin(anybody).json()
    assert _send(anybody, begun["id"], b"x" * 32).status_code == 401
    assert _answer(anybody, begun).status_code == 401
    assert Vault.objects.get().revision == 1


def test_a_challenge_lives_five_minutes(keeper: Driver) -> None:
    then = timezone.now()
    begun = recovering.begin(handle="keeper", address="192.0.2.1", at=then)
    assert begun.expires_at - then == timedelta(minutes=5)
    Recovery.objects.update(created_at=then - timedelta(minutes=5))
    shown = {"id": str(begun.id), "challenge": base64.b64encode(begun.sealed).decode()}
    assert _answer(APIClient(), shown).json()["code"] == "recovery_refused"


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "http://testserver.example"},
        {"handle": "other_driver"},
        {"recovery_id": "5f0c6f0a-3f5b-4c0e-9a55-0e5d0b7c8a12"},
        {"vault": vault_body("33" * 16)},
        {"sign_in_proof": "00" * 32},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_proof_made_for_something_else_is_refused(
    anybody: APIClient, keeper: Driver, change: dict
) -> None:
    answer = _answer(anybody, _begin(anybody).json(), **change)
    assert (answer.status_code, answer.json()["code"]) == (401, "recovery_refused")
    assert Vault.objects.get().revision == 1


def test_a_vault_with_a_weak_lock_is_refused_and_costs_no_challenge(
    anybody: APIClient, keeper: Driver
) -> None:
    begun = _begin(anybody).json()
    weak = {**BODY, "kdf": {**BODY["kdf"], "ops": 1}}
    answer = _send(anybody, begun["id"], b"x" * 32, vault=weak)
    assert (answer.status_code, answer.json()["code"]) == (422, "vault_invalid")
    assert _answer(anybody, begun).status_code == 200


@pytest.mark.parametrize("name", ["nobody", "developer"])
def test_an_unknown_name_gets_an_answer_of_the_same_shape(
    anybody: APIClient, keeper: Driver, developer: Developer, name: str
) -> None:
    known, unknown = _begin(anybody).json(), _begin(anybody, name).json()
    assert known.keys() == unknown.keys()
    assert len(known["challenge"]) == len(unknown["challenge"])
    refused = _send(anybody, unknown["id"], b"x" * 32, handle=name)
    assert (refused.status_code, refused.json()["code"]) == (401, "recovery_refused")


def test_known_and_unknown_names_cost_the_same_queries(
    keeper: Driver, django_assert_num_queries: Any
) -> None:
    at = timezone.now()
    for name in ("keeper", "nobody"):
        with django_assert_num_queries(QUERIES):
            recovering.begin(handle=name, address="192.0.2.1", at=at)


def test_asking_again_and_again_is_slowed_down(anybody: APIClient, keeper: Driver) -> None:
    for _ in range(10):
        assert _begin(anybody).status_code == 201
    assert _begin(anybody).json()["code"] == "too_many_tries"


def test_coming_back_forgets_the_tries(anybody: APIClient, keeper: Driver) -> None:
    _answer(anybody, _begin(anybody).json())
    assert not SignInFailure.objects.exists()


def test_the_stored_half_does_not_answer_a_challenge(anybody: APIClient, keeper: Driver) -> None:
    begun = _begin(anybody).json()
    stored = bytes.fromhex(Recovery.objects.get().nonce)
    said = recovery.Answer(ORIGIN, "keeper", begun["id"], BODY, PROOF.hex())
    assert _send(anybody, begun["id"], recovery.prove(stored, said)).status_code == 401


def test_neither_names_nor_challenges_are_kept(anybody: APIClient, keeper: Driver) -> None:
    begun = _begin(anybody).json()
    row = Recovery.objects.get()
    sealed = base64.b64decode(begun["challenge"])
    challenge = recovery.open_challenge(sealed, vault.box_key(SEED)).hex()
    assert "keeper" not in row.name_mark
    assert challenge not in (row.nonce, row.name_mark)

from typing import Any

import pytest
from rest_framework.test import APIClient

from registry.models import Driver, Vault
from tests.factories.registry import proof_of, vault_body

pytestmark = pytest.mark.django_db

NEW = {"vault": vault_body("11" * 16), "sign_in_proof": proof_of("another passphrase").hex()}


def _put(client: APIClient, body: dict, tag: str | None) -> Any:
    headers: dict[str, Any] = {"HTTP_IF_MATCH": tag} if tag else {}
    return client.put("/api/v1/vault", body, format="json", **headers)


def test_it_hands_the_vault_to_its_driver_alone(
    as_driver: APIClient, anybody: APIClient, as_developer: APIClient
) -> None:
    assert as_driver.get("/api/v1/vault").json()["vault"] == vault_body()
    assert anybody.get("/api/v1/vault").status_code == 401
    assert as_developer.get("/api/v1/vault").json()["code"] == "drivers_only"


def test_a_new_passphrase_replaces_vault_and_proof_together(
    as_driver: APIClient, anybody: APIClient
) -> None:
    answer = _put(as_driver, NEW, as_driver.get("/api/v1/vault")["ETag"])
    assert (answer.status_code, answer.json()["revision"]) == (200, 2)
    session = {"handle": "driver", "sign_in_proof": NEW["sign_in_proof"]}
    assert anybody.post("/api/v1/sessions", session, format="json").status_code == 201
    old = {"handle": "driver", "sign_in_proof": proof_of("driver").hex()}
    assert anybody.post("/api/v1/sessions", old, format="json").status_code == 401


def test_a_new_passphrase_ends_the_sessions_of_other_devices(
    as_driver: APIClient, driver: Driver
) -> None:
    elsewhere = APIClient()
    elsewhere.force_login(driver.user)
    _put(as_driver, NEW, as_driver.get("/api/v1/vault")["ETag"])
    assert elsewhere.get("/api/v1/vault").status_code == 401
    assert as_driver.get("/api/v1/vault").json()["revision"] == 2


def test_a_stale_device_cannot_overwrite(as_driver: APIClient) -> None:
    seen = as_driver.get("/api/v1/vault")["ETag"]
    assert _put(as_driver, NEW, seen).status_code == 200
    answer = _put(as_driver, NEW, seen)
    assert (answer.status_code, answer.json()["code"]) == (412, "precondition_failed")


def test_it_wants_to_know_what_is_overwritten(as_driver: APIClient) -> None:
    assert _put(as_driver, NEW, None).status_code == 428
    assert Vault.objects.get().revision == 1


def test_it_refuses_a_new_vault_under_the_old_proof(as_driver: APIClient) -> None:
    body = NEW | {"sign_in_proof": proof_of("driver").hex()}
    answer = _put(as_driver, body, as_driver.get("/api/v1/vault")["ETag"])
    assert (answer.status_code, answer.json()["code"]) == (422, "proof_not_fresh")


def test_an_unchanged_vault_is_not_sent_twice(as_driver: APIClient) -> None:
    tag = as_driver.get("/api/v1/vault")["ETag"]
    assert as_driver.get("/api/v1/vault", HTTP_IF_NONE_MATCH=tag).status_code == 304

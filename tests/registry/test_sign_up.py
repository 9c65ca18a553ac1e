import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from registry.models import Driver, Vault
from tests.factories.registry import PASSWORD, driver_body, make_driver, proof_of, vault_body

pytestmark = pytest.mark.django_db


def test_a_driver_signs_up_and_is_signed_in(anybody: APIClient) -> None:
    answer = anybody.post("/api/v1/drivers", driver_body("Fahrerin"), format="json")
    assert answer.status_code == 201, answer.json()
    body = answer.json()
    assert (body["object"], body["handle"], body["language"]) == ("driver", "fahrerin", "en")
    assert anybody.get("/api/v1/drivers/me").json()["id"] == body["id"]


def test_it_keeps_no_proof_that_could_sign_in(anybody: APIClient) -> None:
    anybody.post("/api/v1/drivers", driver_body(), format="json")
    row = Vault.objects.get()
    assert proof_of("driver").hex() not in str(vars(row))
    assert len(row.proof_sha256) == 64


def test_sign_up_takes_few_queries(anybody: APIClient) -> None:
    with CaptureQueriesContext(connection) as queries:
        answer = anybody.post("/api/v1/drivers", driver_body(), format="json")
    assert answer.status_code == 201
    acts = [query["sql"] for query in queries if not _is_frame(query["sql"])]
    assert len(acts) <= 8, acts


def _is_frame(sql: str) -> bool:
    return sql.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))


@pytest.mark.parametrize("handle", ["ab", "two words", "x" * 41, "semi;colon"])
def test_it_refuses_a_handle_that_cannot_be_one(anybody: APIClient, handle: str) -> None:
    answer = anybody.post("/api/v1/drivers", driver_body(handle), format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, "handle_invalid")
    assert not Driver.objects.exists()


def test_a_handle_is_one_name_however_it_is_typed(anybody: APIClient) -> None:
    make_driver("müller")
    typed_otherwise = "MU\u0308LLER"
    answer = anybody.post("/api/v1/drivers", driver_body(typed_otherwise), format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "handle_taken")


def test_developers_and_drivers_share_the_names(anybody: APIClient) -> None:
    make_driver("driver")
    body = {"handle": "driver", "password": PASSWORD, "name": "Nordlicht", "country": "DE"}
    answer = anybody.post("/api/v1/developers", body, format="json")
    assert answer.json()["code"] == "handle_taken"


@pytest.mark.parametrize(
    ("field", "value"),
    [("ops", 2), ("mem_bytes", 32 * 1024 * 1024), ("algorithm", "argon2i13"), ("salt", "00")],
)
def test_it_refuses_a_vault_with_a_weak_lock(anybody: APIClient, field: str, value: object) -> None:
    vault = vault_body()
    vault["kdf"][field] = value
    answer = anybody.post("/api/v1/drivers", driver_body(vault=vault), format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, "vault_invalid")
    assert answer.json()["fields"][0]["pointer"] == f"#/vault/kdf/{field}"
    assert not Driver.objects.exists()


@pytest.mark.parametrize("vault", [{}, {"version": 1, "kdf": [], "sealed_seed": 3}, {"version": 2}])
def test_it_refuses_what_is_no_vault(anybody: APIClient, vault: object) -> None:
    answer = anybody.post("/api/v1/drivers", driver_body(vault=vault), format="json")
    assert answer.status_code == 422


@pytest.mark.parametrize("field", ["sign_in_proof", "public_key"])
def test_it_refuses_a_key_of_another_length(anybody: APIClient, field: str) -> None:
    answer = anybody.post("/api/v1/drivers", driver_body(**{field: "ab"}), format="json")
    assert answer.json()["fields"][0]["pointer"] == f"#/{field}"


def test_parameters_of_a_known_handle_are_those_of_its_vault(anybody: APIClient) -> None:
    make_driver("driver")
    answer = anybody.get("/api/v1/vault-parameters", {"handle": "Driver"}).json()
    assert answer["kdf"] == vault_body()["kdf"]


def test_parameters_of_an_unknown_handle_are_stable_and_look_alike(anybody: APIClient) -> None:
    make_driver("driver")
    known = anybody.get("/api/v1/vault-parameters?handle=driver").json()
    first = anybody.get("/api/v1/vault-parameters?handle=nobody").json()
    again = anybody.get("/api/v1/vault-parameters?handle=NOBODY").json()
    other = anybody.get("/api/v1/vault-parameters?handle=nobody-else").json()
    assert first["kdf"] == again["kdf"] != other["kdf"]
    assert first["kdf"].keys() == known["kdf"].keys()
    assert len(first["kdf"]["salt"]) == 32

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from rest_framework.test import APIClient

from registry import limiting
from registry.errors import TooManyTries
from registry.models import Driver, SignInFailure
from tests.factories.registry import PASSWORD, proof_of

pytestmark = pytest.mark.django_db


def _sign_in(client: APIClient, handle: str, proof: bytes) -> Any:
    body = {"handle": handle, "sign_in_proof": proof.hex()}
    return client.post("/api/v1/sessions", body, format="json")


def test_a_driver_signs_in_with_the_proof(anybody: APIClient, driver: Driver) -> None:
    answer = _sign_in(anybody, "DRIVER", proof_of("driver"))
    assert answer.status_code == 201
    assert answer.json()["kind"] == "driver"
    assert anybody.get("/api/v1/sessions/current").json()["driver_id"] == str(driver.id)


def test_a_wrong_proof_and_an_unknown_handle_get_the_same_answer(
    anybody: APIClient, driver: Driver
) -> None:
    wrong = _sign_in(anybody, "driver", b"x" * 32)
    unknown = _sign_in(anybody, "nobody", b"x" * 32)
    assert wrong.status_code == unknown.status_code == 401
    same = ("code", "title", "detail", "status")
    assert [wrong.json()[name] for name in same] == [unknown.json()[name] for name in same]


def test_ten_failures_close_the_door_for_a_while(anybody: APIClient, driver: Driver) -> None:
    for _ in range(10):
        assert _sign_in(anybody, "driver", b"x" * 32).status_code == 401
    answer = _sign_in(anybody, "driver", proof_of("driver"))
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_tries")
    assert 0 < int(answer["Retry-After"]) <= 900


def test_failures_elsewhere_do_not_lock_a_driver_out(anybody: APIClient, driver: Driver) -> None:
    for _ in range(10):
        _sign_in(anybody, "driver", b"x" * 32)
    elsewhere = APIClient(REMOTE_ADDR="192.0.2.7")
    assert _sign_in(elsewhere, "driver", proof_of("driver")).status_code == 201


def test_the_door_opens_again_after_fifteen_minutes(driver: Driver) -> None:
    then = timezone.now()
    for _ in range(10):
        limiting.note_failure(handle="driver", address="192.0.2.1", at=then)
    with pytest.raises(TooManyTries):
        limiting.check(handle="driver", address="192.0.2.1", at=then + timedelta(minutes=14))
    limiting.check(handle="driver", address="192.0.2.1", at=then + timedelta(minutes=15))


def test_addresses_are_not_kept_in_the_clear(anybody: APIClient, driver: Driver) -> None:
    _sign_in(anybody, "driver", b"x" * 32)
    assert SignInFailure.objects.get().address != "127.0.0.1"


def test_an_admin_signs_in_with_the_password(anybody: APIClient, admin: User) -> None:
    admin.set_password(PASSWORD)
    admin.save()
    body = {"handle": "admin", "password": PASSWORD}
    assert anybody.post("/api/v1/sessions", body, format="json").json()["kind"] == "admin"


def test_no_password_ever_opens_a_drivers_account(anybody: APIClient, driver: Driver) -> None:
    body = {"handle": "driver", "password": driver.user.password}
    assert anybody.post("/api/v1/sessions", body, format="json").status_code == 401


@pytest.mark.parametrize("extra", [{}, {"password": "x", "sign_in_proof": "00" * 32}])
def test_it_wants_exactly_one_secret(anybody: APIClient, extra: dict) -> None:
    answer = anybody.post("/api/v1/sessions", {"handle": "driver", **extra}, format="json")
    assert (answer.status_code, answer.json()["fields"][0]["code"]) == (422, "one_of_two")


def test_signing_out_ends_the_session(as_driver: APIClient) -> None:
    assert as_driver.delete("/api/v1/sessions/current").status_code == 204
    assert as_driver.get("/api/v1/drivers/me").status_code == 401
    assert as_driver.get("/api/v1/sessions/current").json()["is_signed_in"] is False


def test_who_am_i_sets_the_csrf_cookie(anybody: APIClient) -> None:
    assert anybody.get("/api/v1/sessions/current").cookies["csrftoken"].value


def test_an_act_without_the_csrf_token_is_refused(driver: Driver) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(driver.user)
    body = {"brand": "Nissan", "model": "LEAF", "powertrain": "bev"}
    answer = client.post("/api/v1/vehicles", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_missing")
    token = client.get("/api/v1/sessions/current").cookies["csrftoken"].value
    again = client.post("/api/v1/vehicles", body, format="json", HTTP_X_CSRFTOKEN=token)
    assert again.status_code == 201

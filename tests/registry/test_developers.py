from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from audit.models import AuditLine
from registry.models import ApiKey, Developer, Driver
from tests.factories.registry import PASSWORD

pytestmark = pytest.mark.django_db

NEW = {"handle": "developer", "password": PASSWORD, "name": "Nordlicht", "country": "DE"}


def test_a_developer_signs_up_and_waits_for_accreditation(anybody: APIClient) -> None:
    answer = anybody.post("/api/v1/developers", NEW, format="json")
    assert (answer.status_code, answer.json()["standing"]) == (201, "unverified")
    assert anybody.get("/api/v1/developers/me").json()["id"] == answer.json()["id"]


@pytest.mark.parametrize(
    ("change", "code"),
    [({"password": "short"}, "password_too_short"), ({"country": "Germany"}, "invalid_input")],
)
def test_it_refuses_a_sign_up_that_is_not_right(
    anybody: APIClient, change: dict, code: str
) -> None:
    answer = anybody.post("/api/v1/developers", NEW | change, format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not User.objects.exists()


def test_an_admin_accredits_with_a_reason_and_leaves_a_line(
    as_admin: APIClient, developer: Developer
) -> None:
    body = {"decision": "accredited", "reason": "Company register checked."}
    address = f"/api/v1/developers/{developer.id}/accreditation"
    assert as_admin.post(address, body, format="json").json()["standing"] == "accredited"
    assert AuditLine.objects.get().subject == f"developer:{developer.id}"
    assert as_admin.post(address, {"decision": "accredited"}, format="json").status_code == 422


def test_only_admins_accredit_and_list(
    as_developer: APIClient, as_admin: APIClient, developer: Developer
) -> None:
    address = f"/api/v1/developers/{developer.id}/accreditation"
    body = {"decision": "accredited", "reason": "I say so."}
    assert as_developer.post(address, body, format="json").status_code == 403
    assert as_developer.get("/api/v1/developers").status_code == 403
    assert len(as_admin.get("/api/v1/developers").json()["results"]) == 1


def test_an_api_key_is_shown_once_and_signs_in(as_developer: APIClient, anybody: APIClient) -> None:
    made = as_developer.post("/api/v1/api-keys", {}, format="json").json()
    assert made["key"].startswith("odo_test_")
    assert made["scopes"] == ["catalogue", "purchases", "requests"]
    assert "key" not in as_developer.get("/api/v1/api-keys").json()["results"][0]
    assert made["key"] not in str(vars(ApiKey.objects.get()))
    anybody.credentials(HTTP_AUTHORIZATION=f"Bearer {made['key']}")
    assert anybody.get("/api/v1/developers/me").json()["handle"] == "developer"


def test_a_revoked_key_opens_nothing(as_developer: APIClient, anybody: APIClient) -> None:
    made = as_developer.post("/api/v1/api-keys", {}, format="json").json()
    assert as_developer.delete(f"/api/v1/api-keys/{made['id']}").status_code == 204
    anybody.credentials(HTTP_AUTHORIZATION=f"Bearer {made['key']}")
    assert anybody.get("/api/v1/developers/me").status_code == 401


def test_a_misspelt_key_is_refused_without_a_look_up(
    anybody: APIClient, django_assert_num_queries: Any
) -> None:
    anybody.credentials(HTTP_AUTHORIZATION="Bearer odo_test_" + "a" * 38)
    with django_assert_num_queries(0):
        assert anybody.get("/api/v1/developers/me").status_code == 401


def test_keys_do_not_pile_up(as_developer: APIClient) -> None:
    codes = [
        as_developer.post("/api/v1/api-keys", {}, format="json").status_code for _ in range(11)
    ]
    assert codes == [201] * 10 + [409]


def test_an_admins_key_does_not_exist(as_admin: APIClient) -> None:
    assert as_admin.post("/api/v1/api-keys", {}, format="json").json()["code"] == "developers_only"


def test_the_command_makes_one_admin_however_often_it_runs(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(PASSWORD + "\n")
    for _ in range(2):
        call_command("create_admin", handle="Admin", password_file=file, stdout=_Silent())
    user = User.objects.get()
    assert user.is_staff
    assert user.check_password(PASSWORD)


def test_the_command_makes_no_admin_of_a_driver(tmp_path: Path, driver: Driver) -> None:
    file = tmp_path / "password"
    file.write_text(PASSWORD)
    with pytest.raises(CommandError, match="handle_taken"):
        call_command("create_admin", handle="driver", password_file=file)


class _Silent:
    def write(self, _text: str) -> None: ...

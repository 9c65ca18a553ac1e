"""Where one is signed in: seen coarsely, ended at once, and told why."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from rest_framework.test import APIClient

from registry import devices, erasure
from registry.domain import browsers
from registry.models import Driver, SignedIn
from tests.factories.registry import proof_of

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
)
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)


def _signed_in(agent: str = FIREFOX) -> APIClient:
    client = APIClient(HTTP_USER_AGENT=agent)
    body = {"handle": "driver", "sign_in_proof": proof_of("driver").hex()}
    assert client.post("/api/v1/sessions", body, format="json").status_code == 201
    return client


def _devices(client: APIClient) -> list[dict[str, Any]]:
    return list(client.get("/api/v1/sessions").json()["results"])


@pytest.mark.parametrize(
    ("agent", "family"),
    [(FIREFOX, "Firefox"), (EDGE, "Edge"), (SAFARI, "Safari"), ("curl/8", "Other"), ("", "Other")],
)
def test_a_browser_is_known_by_its_family_alone(agent: str, family: str) -> None:
    assert browsers.family_of(agent) == family


def test_one_sees_where_one_is_signed_in(driver: Driver) -> None:
    phone, desk = _signed_in(SAFARI), _signed_in(FIREFOX)
    seen = _devices(desk)
    assert [(row["browser"], row["is_current"]) for row in seen] == [
        ("Firefox", True),
        ("Safari", False),
    ]
    assert seen[0]["last_seen_on"] == timezone.now().date().isoformat()
    assert {row["browser"] for row in _devices(phone) if row["is_current"]} == {"Safari"}


def test_no_address_is_told_or_kept(driver: Driver) -> None:
    told = _devices(_signed_in())[0]
    assert told.keys() == {
        *("object", "id", "browser", "signed_in_at", "last_seen_on", "is_current")
    }
    assert "127.0.0.1" not in str(SignedIn.objects.values().get())


def test_one_device_is_signed_out_from_another(driver: Driver) -> None:
    phone, desk = _signed_in(SAFARI), _signed_in(FIREFOX)
    lost = next(row["id"] for row in _devices(desk) if not row["is_current"])
    assert desk.delete(f"/api/v1/sessions/{lost}").status_code == 204
    assert phone.get("/api/v1/drivers/me").status_code == 401
    assert phone.get("/api/v1/sessions/current").json()["ended"]["why"] == "elsewhere"
    assert desk.get("/api/v1/drivers/me").status_code == 200
    assert desk.delete(f"/api/v1/sessions/{lost}").json()["code"] == "session_not_found"


def test_nobody_signs_out_somebody_else(driver: Driver, as_developer: APIClient) -> None:
    theirs = _devices(_signed_in())[0]["id"]
    assert as_developer.delete(f"/api/v1/sessions/{theirs}").status_code == 404
    assert APIClient().get("/api/v1/sessions").status_code == 401


def test_signing_out_everywhere_ends_all_at_once(driver: Driver) -> None:
    phone, desk, unlisted = _signed_in(SAFARI), _signed_in(FIREFOX), _signed_in()
    SignedIn.objects.filter(browser="Firefox").first().delete()  # type: ignore[union-attr]
    assert desk.delete("/api/v1/sessions").status_code == 204
    for device in (phone, desk, unlisted):
        assert device.get("/api/v1/drivers/me").status_code == 401
    assert _devices(_signed_in())[0]["is_current"]


def test_a_new_passphrase_signs_out_the_others_and_tells_them(driver: Driver) -> None:
    phone, desk = _signed_in(SAFARI), _signed_in(FIREFOX)
    seen = desk.get("/api/v1/vault")
    vault = seen.json()["vault"] | {"kdf": {**seen.json()["vault"]["kdf"], "salt": "44" * 16}}
    body = {"vault": vault, "sign_in_proof": "55" * 32}
    answer: Any = desk.put("/api/v1/vault", body, format="json", HTTP_IF_MATCH=seen["ETag"])
    assert answer.status_code == 200
    assert [row["browser"] for row in _devices(desk)] == ["Firefox"]
    assert phone.get("/api/v1/vault").status_code == 401
    told = phone.get("/api/v1/sessions/current").json()["ended"]
    assert (told["why"], told["at"][:10]) == ("passphrase", answer.json()["changed_at"][:10])


def test_a_stronger_lock_signs_nobody_out(driver: Driver) -> None:
    phone, desk = _signed_in(SAFARI), _signed_in(FIREFOX)
    seen = desk.get("/api/v1/vault")
    vault = seen.json()["vault"] | {"kdf": {**seen.json()["vault"]["kdf"], "ops": 4}}
    body = {"vault": vault, "sign_in_proof": "55" * 32, "is_same_passphrase": True}
    answer: Any = desk.put("/api/v1/vault", body, format="json", HTTP_IF_MATCH=seen["ETag"])
    assert answer.json()["changed_at"] == seen.json()["changed_at"]
    assert answer["ETag"] != seen["ETag"]
    assert phone.get("/api/v1/vault").json()["revision"] == 2


def test_being_seen_again_on_the_same_day_writes_nothing(driver: Driver) -> None:
    client = _signed_in()
    SignedIn.objects.update(last_seen_on=timezone.now().date() - timedelta(days=3))
    client.get("/api/v1/drivers/me")
    assert SignedIn.objects.get().last_seen_on < timezone.now().date()


def test_being_seen_does_not_make_a_session_live_longer(driver: Driver) -> None:
    client = _signed_in()
    ends = Session.objects.get().expire_date
    SignedIn.objects.update(last_seen_on=timezone.now().date() - timedelta(days=3))
    store = client.session
    store["seen_on"] = "2026-01-01"
    store.save()
    client.get("/api/v1/drivers/me")
    assert SignedIn.objects.get().last_seen_on == timezone.now().date()
    assert abs(Session.objects.get().expire_date - ends) < timedelta(seconds=2)


def test_sessions_that_ran_out_are_forgotten(driver: Driver) -> None:
    _signed_in()
    SignedIn.objects.update(created_at=timezone.now() - timedelta(days=15))
    devices.note(user=driver.user, session_key="another", browser="Firefox", at=timezone.now())
    assert SignedIn.objects.get().session_key == "another"


def test_signing_out_leaves_no_trace(driver: Driver) -> None:
    client = _signed_in()
    assert client.delete("/api/v1/sessions/current").status_code == 204
    assert not SignedIn.objects.exists()
    assert client.get("/api/v1/sessions/current").json()["ended"] is None


def test_an_erased_driver_is_signed_in_nowhere(driver: Driver) -> None:
    client = _signed_in()
    erasure.ask(driver=driver, at=timezone.now())
    assert not SignedIn.objects.exists()
    assert client.get("/api/v1/drivers/me").status_code == 401


def test_what_ended_long_ago_is_forgotten(driver: Driver) -> None:
    _signed_in()
    then = timezone.now() - timedelta(days=15)
    devices.sign_out_everywhere(user=driver.user, at=then)
    _signed_in()
    devices.sign_out_everywhere(user=driver.user, at=timezone.now())
    assert SignedIn.objects.count() == 1

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from registry import erasure, signals
from registry.models import Driver, Erasure, Vault, Vehicle
from tests.factories.registry import driver_body, proof_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list:
    """Stand in for the rooms above: what they heard, and a testimony that can be set."""
    calls: list = []
    monkeypatch.setattr(signals, "_handlers", [lambda *, driver, at: calls.append((driver.id, at))])
    monkeypatch.setattr(signals, "_witnesses", [])
    return calls


def test_a_driver_is_forgotten_and_signed_out(
    as_driver: APIClient, driver: Driver, vehicle: Vehicle, heard: list
) -> None:
    answer = as_driver.post("/api/v1/erasures", {}, format="json")
    assert answer.status_code == 202
    assert [driver_id for driver_id, _ in heard] == [driver.id]
    assert as_driver.get("/api/v1/drivers/me").status_code == 401
    driver.refresh_from_db()
    vehicle.refresh_from_db()
    assert (driver.public_key, driver.handle) == ("", f"erased-{driver.id}")
    assert (vehicle.brand, vehicle.model, vehicle.state) == ("", "", "retired")
    assert not Vault.objects.exists()


def test_nothing_signs_an_erased_driver_in(
    as_driver: APIClient, driver: Driver, heard: list, anybody: APIClient
) -> None:
    elsewhere = APIClient()
    elsewhere.force_login(driver.user)
    as_driver.post("/api/v1/erasures", {}, format="json")
    assert elsewhere.get("/api/v1/drivers/me").status_code == 401
    body = {"handle": "driver", "sign_in_proof": proof_of("driver").hex()}
    assert anybody.post("/api/v1/sessions", body, format="json").status_code == 401


def test_the_handle_is_free_again(as_driver: APIClient, heard: list, anybody: APIClient) -> None:
    as_driver.post("/api/v1/erasures", {}, format="json")
    assert anybody.post("/api/v1/drivers", driver_body(), format="json").status_code == 201


def test_it_is_finished_when_every_room_says_so(
    as_driver: APIClient,
    driver: Driver,
    heard: list,
    anybody: APIClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = as_driver.post("/api/v1/erasures", {}, format="json")["Location"]
    done = {"storage": False, "consent": True}
    witnesses = [
        lambda _: signals.Testimony(is_done=done["storage"], proof={"digests": ["0xab"]}),
        lambda _: signals.Testimony(is_done=done["consent"]),
    ]
    monkeypatch.setattr(signals, "_witnesses", witnesses)
    waiting = anybody.get(address).json()
    assert (waiting["state"], waiting["proof"]) == ("running", None)
    done["storage"] = True
    finished = anybody.get(address).json()
    assert finished["state"] == "finished"
    assert finished["proof"] == {"version": 1, "digests": ["0xab"]}


def test_asking_twice_is_one_erasure(driver: Driver, heard: list) -> None:
    first = erasure.ask(driver=driver, at=timezone.now())
    again = erasure.ask(driver=driver, at=timezone.now())
    assert first == again
    assert len(heard) == Erasure.objects.count() == 1


def test_a_room_that_fails_leaves_everything_as_it_was(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*, driver: Driver, at: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(signals, "_handlers", [fails])
    with pytest.raises(RuntimeError):
        erasure.ask(driver=driver, at=timezone.now())
    assert Vault.objects.exists()
    assert not Erasure.objects.exists()

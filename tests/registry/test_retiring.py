"""A sold car: told once, used no more, and forgotten on request."""

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from audit.models import AuditLine
from registry import signals
from registry.models import Driver, Erasure, Vehicle
from tests.factories.registry import make_vehicle

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list:
    """Stand in for the rooms above."""
    calls: list = []

    def hear(kind: str):
        return lambda *, vehicle, **_: calls.append((kind, vehicle.id))

    monkeypatch.setattr(signals, "_when_retired", [hear("retired")])
    monkeypatch.setattr(signals, "_when_vehicle_erased", [hear("erased")])
    monkeypatch.setattr(signals, "_witnesses", [])
    return calls


def _erase(client: APIClient, vehicle: Vehicle):
    return client.post("/api/v1/erasures", {"vehicle_id": str(vehicle.id)}, format="json")


def test_a_car_is_retired_once_and_every_room_hears_it(
    as_driver: APIClient, vehicle: Vehicle, heard: list
) -> None:
    for _ in range(2):
        as_driver.patch(f"/api/v1/vehicles/{vehicle.id}", {"state": "retired"}, format="json")
    assert heard == [("retired", vehicle.id)]
    assert AuditLine.objects.filter(act="vehicle_retired").count() == 1


def test_erasing_a_car_retires_it_and_takes_its_name(
    as_driver: APIClient, vehicle: Vehicle, heard: list
) -> None:
    answer = _erase(as_driver, vehicle)
    assert (answer.status_code, answer.json()["vehicle_id"]) == (202, str(vehicle.id))
    assert heard == [("retired", vehicle.id), ("erased", vehicle.id)]
    shown = as_driver.get(f"/api/v1/vehicles/{vehicle.id}").json()
    assert (shown["brand"], shown["model"], shown["state"]) == ("", "", "retired")
    assert shown["erased_at"]


def test_the_driver_stays_signed_in_with_the_other_cars(
    as_driver: APIClient, driver: Driver, vehicle: Vehicle, heard: list
) -> None:
    other = make_vehicle(driver)
    _erase(as_driver, vehicle)
    assert as_driver.get(f"/api/v1/vehicles/{other.id}").json()["state"] == "active"


def test_erasing_a_car_twice_is_one_erasure(
    as_driver: APIClient, vehicle: Vehicle, heard: list
) -> None:
    ids = {_erase(as_driver, vehicle).json()["id"] for _ in range(2)}
    assert len(ids) == Erasure.objects.count() == 1
    assert [row["id"] for row in as_driver.get("/api/v1/erasures").json()["results"]] == [*ids]


def test_a_car_is_erased_and_later_everything(
    as_driver: APIClient, vehicle: Vehicle, heard: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signals, "_handlers", [])
    _erase(as_driver, vehicle)
    assert as_driver.post("/api/v1/erasures", {}, format="json").status_code == 202
    assert Erasure.objects.filter(created_at__lte=timezone.now()).count() == 2


def test_nobody_erases_another_drivers_car(
    as_other_driver: APIClient, vehicle: Vehicle, heard: list
) -> None:
    assert _erase(as_other_driver, vehicle).json()["code"] == "vehicle_not_found"
    assert not heard

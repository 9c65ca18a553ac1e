import uuid

import pytest
from rest_framework.test import APIClient

from registry import selectors
from registry.models import Driver, Vehicle

pytestmark = pytest.mark.django_db

LEAF = {"brand": "Nissan", "model": "LEAF", "year": 2016, "powertrain": "bev"}


def test_a_driver_adds_a_vehicle(as_driver: APIClient) -> None:
    answer = as_driver.post("/api/v1/vehicles", LEAF, format="json")
    assert answer.status_code == 201
    assert answer.json() | LEAF | {"state": "active", "is_simulated": False} == answer.json()
    assert as_driver.get("/api/v1/vehicles").json()["results"][0]["id"] == answer.json()["id"]


def test_the_same_key_adds_one_vehicle(as_driver: APIClient) -> None:
    ids = {
        as_driver.post("/api/v1/vehicles", LEAF, format="json", HTTP_IDEMPOTENCY_KEY="one").json()[
            "id"
        ]
        for _ in range(2)
    }
    assert len(ids) == Vehicle.objects.count() == 1


@pytest.mark.parametrize("change", [{"powertrain": "steam"}, {"year": 1900}, {"brand": ""}])
def test_it_refuses_what_is_no_vehicle(as_driver: APIClient, change: dict) -> None:
    answer = as_driver.post("/api/v1/vehicles", LEAF | change, format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


def test_nobody_sees_another_drivers_vehicle(
    as_other_driver: APIClient, vehicle: Vehicle, as_developer: APIClient
) -> None:
    assert as_other_driver.get(f"/api/v1/vehicles/{vehicle.id}").status_code == 404
    assert as_other_driver.get("/api/v1/vehicles").json()["results"] == []
    assert as_developer.get("/api/v1/vehicles").status_code == 403


def test_a_vehicle_is_retired_once_and_for_all(as_driver: APIClient, vehicle: Vehicle) -> None:
    for _ in range(2):
        answer = as_driver.patch(
            f"/api/v1/vehicles/{vehicle.id}", {"state": "retired"}, format="json"
        )
        assert answer.json()["state"] == "retired"
    back = as_driver.patch(f"/api/v1/vehicles/{vehicle.id}", {"state": "active"}, format="json")
    assert back.status_code == 422


def test_an_unknown_parameter_is_refused(as_driver: APIClient) -> None:
    assert as_driver.get("/api/v1/vehicles?stat=active").json()["code"] == "unknown_parameter"


def test_the_owner_may_consent(driver: Driver, vehicle: Vehicle) -> None:
    assert selectors.consenter_of(vehicle, vehicle.created_at) == driver


def test_an_unknown_vehicle_is_not_found(as_driver: APIClient) -> None:
    assert as_driver.get(f"/api/v1/vehicles/{uuid.uuid4()}").json()["code"] == "vehicle_not_found"

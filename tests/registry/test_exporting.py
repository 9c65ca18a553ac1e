"""Everything about a driver comes along, and nobody else's."""

import json
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from registry import exporting, sections
from registry.models import Driver, Vehicle
from tests.factories.registry import make_vehicle, vault_body
from tests.factories.storage import make_pinned_upload, plaintext_of
from tests.fakes.ipfs import FakeNode

pytestmark = pytest.mark.django_db

SECTIONS = (
    *("account", "claims", "consents", "declines", "devices", "erasures", "payouts"),
    *("privacy_ledger", "releases", "uploads", "vehicles", "wallets"),
)


def _export(client: APIClient) -> dict:
    answer: Any = client.get("/api/v1/drivers/me/export")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    return json.loads(b"".join(answer.streaming_content))


def test_every_room_tells_its_part(as_driver: APIClient, driver: Driver) -> None:
    document = _export(as_driver)
    assert {*document} == {*SECTIONS, "object", "id", "version", "made_at", "is_complete"}
    assert (document["object"], document["id"]) == ("export", str(driver.id))
    assert document["account"][0]["vault"]["vault"] == vault_body()


def test_an_upload_comes_with_the_key_that_only_its_driver_opens(
    as_driver: APIClient, driver: Driver, vehicle: Vehicle, ipfs_node: FakeNode
) -> None:
    upload = make_pinned_upload(driver, vehicle)
    (told,) = _export(as_driver)["uploads"]
    own = upload.wrapped_keys.get(recipient_kind="driver")
    builders = upload.wrapped_keys.get(recipient_kind="builder")
    assert told["wrapped_key"]["sealed"] == own.sealed
    assert builders.sealed not in json.dumps(told)
    assert told["context"] == {
        "kind": "upload",
        "account": str(driver.id),
        "subject": str(vehicle.id),
        "object": str(upload.id),
    }
    assert told["opened_by_builder_at"] == []


def test_an_upload_says_when_the_builder_opened_it(
    as_driver: APIClient,
    driver: Driver,
    vehicle: Vehicle,
    ipfs_node: FakeNode,
    builder_process: None,
) -> None:
    upload, other = (make_pinned_upload(driver, vehicle) for _ in range(2))
    plaintext_of(upload)
    told = {one["id"]: one["opened_by_builder_at"] for one in _export(as_driver)["uploads"]}
    assert [len(told[key]) for key in (str(upload.id), str(other.id))] == [1, 0]


def test_nothing_of_another_driver_comes_along(
    as_other_driver: APIClient, driver: Driver, vehicle: Vehicle, ipfs_node: FakeNode
) -> None:
    make_pinned_upload(driver, vehicle)
    document = _export(as_other_driver)
    assert (document["uploads"], document["vehicles"]) == ([], [])


def test_only_drivers_have_something_to_take_along(
    anybody: APIClient, as_developer: APIClient
) -> None:
    assert anybody.get("/api/v1/drivers/me/export").status_code == 401
    assert as_developer.get("/api/v1/drivers/me/export").status_code == 403


def test_facts_are_read_one_by_one_as_the_document_is_written(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    def many(_driver: Driver):
        for number in range(1_000):
            read.append(number)
            yield {"number": number}

    monkeypatch.setattr(sections, "_sections", {"many": many})
    pieces = exporting.lines(driver=driver, at=timezone.now())
    while not read:
        next(pieces)
    assert read == [0]


def test_a_document_that_broke_off_is_no_json(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sections, "_sections", {"none": lambda _driver: ()})
    whole = list(exporting.lines(driver=driver, at=timezone.now()))
    assert json.loads("".join(whole))["is_complete"] is True
    for end in range(1, len(whole)):
        with pytest.raises(json.JSONDecodeError):
            json.loads("".join(whole[:end]))


def test_an_export_asks_no_more_questions_for_many_rows_than_for_one(
    as_driver: APIClient,
    driver: Driver,
    vehicle: Vehicle,
    ipfs_node: FakeNode,
    django_assert_max_num_queries: Any,
) -> None:
    for _ in range(30):
        make_pinned_upload(driver, make_vehicle(driver))
    with django_assert_max_num_queries(30):
        document = _export(as_driver)
    assert (len(document["vehicles"]), len(document["uploads"])) == (31, 30)

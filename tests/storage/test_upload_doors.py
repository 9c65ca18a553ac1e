import hashlib
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from protocol import envelope
from registry.models import Driver, Vehicle
from storage import spool
from storage.models import SealedObject, Upload, WrappedKey
from tests.factories import keys
from tests.factories.registry import make_vehicle
from tests.factories.storage import SealedFile, seal_file, spooled
from work.models import WorkRow

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(driver: Driver, vehicle: Vehicle) -> SealedFile:
    return seal_file(driver, vehicle, b"lat,lon\n" * 40)


def announce(client: APIClient, file: SealedFile, **changes: Any) -> Any:
    return client.post("/api/v1/uploads", file.announcement(**changes), format="json")


def send(client: APIClient, file: SealedFile, part: bytes, offset: int) -> Any:
    return client.patch(
        f"/api/v1/uploads/{file.id}/content",
        part,
        content_type="application/offset+octet-stream",
        HTTP_UPLOAD_OFFSET=str(offset),
        HTTP_TUS_RESUMABLE="1.0.0",
    )


def offset_of(client: APIClient, file: SealedFile) -> int:
    answer = client.head(f"/api/v1/uploads/{file.id}/content")
    assert answer["Upload-Length"] == str(len(file.ciphertext))
    return int(answer["Upload-Offset"])


def test_a_file_arrives_in_parts_and_is_received(as_driver: APIClient, file: SealedFile) -> None:
    announced = announce(as_driver, file)
    assert (announced.status_code, announced.json()["state"]) == (201, "receiving")
    first, second = file.ciphertext[:100], file.ciphertext[100:]
    answer = send(as_driver, file, first, 0)
    assert (answer.status_code, answer["Upload-Offset"]) == (204, "100")
    assert offset_of(as_driver, file) == 100
    assert send(as_driver, file, second, 100).status_code == 204
    body = as_driver.get(f"/api/v1/uploads/{file.id}").json()
    assert (body["state"], body["received_bytes"]) == ("received", len(file.ciphertext))
    row = WorkRow.objects.get()
    assert (row.task, row.reference) == ("storage.tasks.pin_object", str(file.id))


def test_what_arrived_can_be_read_back(as_driver: APIClient, file: SealedFile) -> None:
    announce(as_driver, file)
    assert as_driver.get(f"/api/v1/uploads/{file.id}/content").json()["code"] == "not_here_yet"
    send(as_driver, file, file.ciphertext, 0)
    assert as_driver.get(f"/api/v1/uploads/{file.id}/content").getvalue() == file.ciphertext


def test_the_builders_key_is_public(anybody: APIClient) -> None:
    body = anybody.get("/api/v1/builder-key").json()
    assert body["public_key"] == keys.BUILDER.public.hex()
    assert body["sha256"] == hashlib.sha256(keys.BUILDER.public).hexdigest()


def test_announcing_twice_is_one_upload(as_driver: APIClient, file: SealedFile) -> None:
    assert [announce(as_driver, file).status_code for _ in range(2)] == [201, 200]
    assert Upload.objects.count() == 1
    assert WrappedKey.objects.count() == 2


def test_an_id_of_another_upload_is_refused(
    as_driver: APIClient, as_other_driver: APIClient, file: SealedFile, other_driver: Driver
) -> None:
    announce(as_driver, file)
    assert announce(as_driver, file, sha256="00" * 32).json()["code"] == "upload_id_taken"
    theirs = {"vehicle_id": str(make_vehicle(other_driver).id)}
    assert announce(as_other_driver, file, **theirs).json()["code"] == "upload_id_taken"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": "0f6d3a52-9a44-1f0e-8f0b-3d2b8f6f5f11"}, "invalid_input"),
        ({"id": "no uuid"}, "invalid_input"),
        ({"envelope_version": 2}, "invalid_input"),
        ({"sha256": "AB" * 32}, "invalid_input"),
        ({"size_bytes": envelope.sealed_size(2 * 1024**3) + 1}, "upload_too_large"),
        ({"size_bytes": 50}, "not_sealed"),
        ({"builder_key_id": "builder-0"}, "unknown_builder_key"),
        ({"wrapped_keys": {"builder": "AAAA", "driver": "AAAA"}}, "invalid_input"),
        ({"vehicle_id": str(uuid.uuid4())}, "vehicle_not_found"),
    ],
)
def test_it_refuses_an_announcement_that_is_not_right(
    as_driver: APIClient, file: SealedFile, changes: dict, code: str
) -> None:
    answer = announce(as_driver, file, **changes)
    assert (answer.status_code in {404, 422}, answer.json()["code"]) == (True, code)
    assert not Upload.objects.exists()


def test_a_retired_vehicle_takes_nothing(
    as_driver: APIClient, file: SealedFile, vehicle: Vehicle
) -> None:
    Vehicle.objects.update(state="retired")
    answer = announce(as_driver, file)
    assert (answer.status_code, answer.json()["code"]) == (409, "vehicle_retired")


def test_a_part_at_a_wrong_offset_is_refused_and_told_the_right_one(
    as_driver: APIClient, file: SealedFile
) -> None:
    announce(as_driver, file)
    send(as_driver, file, file.ciphertext[:100], 0)
    for offset in (0, 50, 200):
        answer = send(as_driver, file, b"x" * 10, offset)
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong_offset")
        assert answer["Upload-Offset"] == "100"
    assert send(as_driver, file, file.ciphertext[100:], 100).status_code == 204


def test_bytes_left_by_a_crash_are_replaced(as_driver: APIClient, file: SealedFile) -> None:
    announce(as_driver, file)
    send(as_driver, file, file.ciphertext[:100], 0)
    with spool.path_of(file.id).open("ab") as torn:
        torn.write(b"half a part that was never acknowledged")
    send(as_driver, file, file.ciphertext[100:], 100)
    assert as_driver.get(f"/api/v1/uploads/{file.id}").json()["state"] == "received"


def test_a_spool_that_was_lost_starts_over(as_driver: APIClient, file: SealedFile) -> None:
    announce(as_driver, file)
    send(as_driver, file, file.ciphertext[:100], 0)
    spool.drop(file.id)
    assert send(as_driver, file, file.ciphertext[100:], 100)["Upload-Offset"] == "0"
    assert offset_of(as_driver, file) == 0
    assert send(as_driver, file, file.ciphertext, 0).status_code == 204


def test_a_file_damaged_on_its_way_must_come_again(as_driver: APIClient, file: SealedFile) -> None:
    announce(as_driver, file)
    damaged = file.ciphertext[:-1] + bytes([file.ciphertext[-1] ^ 1])
    answer = send(as_driver, file, damaged, 0)
    assert (answer.status_code, answer.json()["code"]) == (422, "upload_damaged")
    body = as_driver.get(f"/api/v1/uploads/{file.id}").json()
    assert (body["state"], body["received_bytes"], body["cid"]) == ("receiving", 0, None)
    assert not WorkRow.objects.exists()
    assert send(as_driver, file, file.ciphertext, 0).status_code == 204


@pytest.mark.parametrize("first", [10, 400])
def test_plaintext_is_not_kept(as_driver: APIClient, file: SealedFile, first: int) -> None:
    plaintext = b"time,lat,lon\n" * 100
    announce(as_driver, file, size_bytes=len(plaintext))
    answer = send(as_driver, file, plaintext[:first], 0)
    assert (answer.status_code, answer.json()["code"]) == (422, "not_sealed")
    assert spooled(file.id) == b""


def test_a_header_may_come_in_two_parts(as_driver: APIClient, file: SealedFile) -> None:
    announce(as_driver, file)
    send(as_driver, file, file.ciphertext[:7], 0)
    assert send(as_driver, file, file.ciphertext[7:], 7).status_code == 204


def test_it_refuses_more_than_was_announced(as_driver: APIClient, file: SealedFile) -> None:
    announce(as_driver, file)
    answer = send(as_driver, file, file.ciphertext + b"x", 0)
    assert (answer.status_code, answer.json()["code"]) == (422, "beyond_the_end")


def test_a_part_has_its_limit(as_driver: APIClient, file: SealedFile, settings: Any) -> None:
    settings.UPLOAD_PART_MAX_BYTES = 100
    announce(as_driver, file)
    answer = send(as_driver, file, file.ciphertext[:101], 0)
    assert (answer.status_code, answer.json()["code"]) == (413, "part_too_large")
    assert offset_of(as_driver, file) == 0


def test_a_whole_upload_takes_no_more(as_driver: APIClient, file: SealedFile) -> None:
    announce(as_driver, file)
    send(as_driver, file, file.ciphertext, 0)
    answer = send(as_driver, file, b"", len(file.ciphertext))
    assert (answer.status_code, answer.json()["code"]) == (409, "upload_not_receiving")


def test_it_speaks_tus_as_it_says(as_driver: APIClient, file: SealedFile) -> None:
    announce(as_driver, file)
    address = f"/api/v1/uploads/{file.id}/content"
    assert as_driver.options(address)["Tus-Version"] == "1.0.0"
    other = as_driver.patch(
        address,
        b"x",
        content_type="application/offset+octet-stream",
        HTTP_UPLOAD_OFFSET="0",
        HTTP_TUS_RESUMABLE="0.2.2",
    )
    assert (other.status_code, other["Tus-Version"]) == (412, "1.0.0")
    assert (
        as_driver.patch(address, {"a": 1}, format="json", HTTP_UPLOAD_OFFSET="0").status_code == 415
    )
    lost = as_driver.patch(address, b"x", content_type="application/offset+octet-stream")
    assert lost.json()["code"] == "offset_missing"


def test_nobody_reaches_another_drivers_upload(
    as_driver: APIClient,
    as_other_driver: APIClient,
    as_developer: APIClient,
    anybody: APIClient,
    file: SealedFile,
) -> None:
    announce(as_driver, file)
    for path in ("", "/content", "/key"):
        address = f"/api/v1/uploads/{file.id}{path}"
        assert as_other_driver.get(address).status_code == 404
        assert as_developer.get(address).status_code == 404
        assert anybody.get(address).status_code == 401
    assert send(as_other_driver, file, file.ciphertext, 0).status_code == 404
    assert as_other_driver.delete(f"/api/v1/uploads/{file.id}").status_code == 404
    assert as_other_driver.get("/api/v1/uploads").json()["results"] == []


def test_the_driver_gets_the_own_key_back(as_driver: APIClient, file: SealedFile) -> None:
    announce(as_driver, file)
    body = as_driver.get(f"/api/v1/uploads/{file.id}/key").json()
    assert body["sealed"] == file.announcement()["wrapped_keys"]["driver"]


def test_announcing_and_sending_take_few_queries(as_driver: APIClient, file: SealedFile) -> None:
    as_driver.get("/api/v1/uploads")  # the first visit of a session is written down
    with CaptureQueriesContext(connection) as announcing:
        announce(as_driver, file)
    with CaptureQueriesContext(connection) as sending:
        send(as_driver, file, file.ciphertext, 0)
    for queries, most in ((announcing, 10), (sending, 10)):
        acts = [query["sql"] for query in queries if "POINT" not in query["sql"]]
        assert len(acts) < most, acts


def test_the_object_is_known_by_its_cid_when_it_is_whole(
    as_driver: APIClient, file: SealedFile
) -> None:
    announce(as_driver, file)
    send(as_driver, file, file.ciphertext, 0)
    sealed = SealedObject.objects.get()
    assert sealed.id == file.id
    assert sealed.cid.startswith("bafkrei")
    assert as_driver.get(f"/api/v1/uploads/{file.id}").json()["cid"] == sealed.cid

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from chain.domain.calls import EventRecord
from chain.models import OutboundCall
from registry import retiring, signals
from registry.models import Driver, Vehicle
from storage import events, selectors
from storage.domain import tombstones
from storage.errors import Erased
from storage.models import SealedObject, Upload, WrappedKey
from tests.factories.registry import make_vehicle
from tests.factories.storage import cid_of, make_pinned_upload, plaintext_of
from tests.fakes.ipfs import FakeNode

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(driver: Driver, vehicle: Vehicle, ipfs_node: FakeNode) -> Upload:
    return make_pinned_upload(driver, vehicle)


@pytest.fixture(autouse=True)
def _deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.erasure.reading.address_of", lambda _name: "0xc0ffee")


def _sent(name: str) -> None:
    """Let the chain have taken the call that tells of a whole."""
    calls = OutboundCall.objects.filter(reference=f"erasure.{name}.0")
    calls.update(state=OutboundCall.State.CONFIRMED, tx_hash="0x01", block_number=7)


def _tombstone(upload: Upload) -> EventRecord:
    return EventRecord(
        contract="ConsentRegistry",
        name="Erased",
        args={"digest": hashlib.sha256(f"odometer-erasure-v1:{upload.id}".encode()).digest()},
        block_number=7,
        block_hash="0xb7",
        block_at=datetime(2026, 11, 22, tzinfo=UTC),
        tx_hash="0x01",
        log_index=0,
    )


def test_erasing_destroys_the_keys_at_once(as_driver: APIClient, upload: Upload) -> None:
    answer = as_driver.delete(f"/api/v1/uploads/{upload.id}")
    assert (answer.status_code, answer.json()["state"]) == (202, "erased")
    assert not WrappedKey.objects.exists()
    for path in ("/key", "/content"):
        gone = as_driver.get(f"/api/v1/uploads/{upload.id}{path}")
        assert (gone.status_code, gone.json()["code"]) == (410, "erased")


def test_the_bytes_are_dropped_and_the_chain_is_told(
    as_driver: APIClient, upload: Upload, ipfs_node: FakeNode, work_through: Callable
) -> None:
    as_driver.delete(f"/api/v1/uploads/{upload.id}")
    call = OutboundCall.objects.get()
    assert (call.contract, call.function) == ("ConsentRegistry", "tombstone")
    assert bytes.fromhex(upload.tombstone_digest) in bytes(call.calldata)
    work_through("storage.tasks.unpin_object")
    assert (ipfs_node.pins, ipfs_node.blocks) == (set(), {})
    body = as_driver.get(f"/api/v1/uploads/{upload.id}").json()
    assert body["erasure"]["is_finished"] is False
    events.erased(_tombstone(upload))
    body = as_driver.get(f"/api/v1/uploads/{upload.id}").json()
    assert body["erasure"] == {
        "is_finished": True,
        "digest": f"0x{upload.tombstone_digest}",
        "tx_hash": "0x01",
        "block_number": 7,
    }


def test_erasing_twice_is_erasing(as_driver: APIClient, upload: Upload) -> None:
    for _ in range(2):
        assert as_driver.delete(f"/api/v1/uploads/{upload.id}").status_code == 202
    assert OutboundCall.objects.count() == 1


def test_bytes_another_object_needs_stay(
    as_driver: APIClient,
    upload: Upload,
    ipfs_node: FakeNode,
    work_through: Callable,
) -> None:
    twin = make_pinned_upload(upload.driver, upload.vehicle)
    SealedObject.objects.filter(id=twin.id).update(cid=cid_of(upload))
    as_driver.delete(f"/api/v1/uploads/{upload.id}")
    work_through("storage.tasks.unpin_object")
    assert cid_of(upload) in ipfs_node.pins


def test_a_driver_is_erased_whole_with_a_proof(
    as_driver: APIClient,
    anybody: APIClient,
    upload: Upload,
    work_through: Callable,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(signals, "_witnesses", [events.uploads_are_gone])
    monkeypatch.setattr(signals, "_handlers", [events.driver_erased])
    cid = cid_of(upload)
    address = as_driver.post("/api/v1/erasures", {}, format="json")["Location"]
    assert anybody.get(address).json()["state"] == "running"
    work_through("storage.tasks.unpin_object")
    assert anybody.get(address).json()["state"] == "running"
    events.erased(_tombstone(upload))
    assert anybody.get(address).json()["state"] == "running"
    _sent(f"driver.{upload.driver_id}")
    body = anybody.get(address).json()
    digest = f"0x{upload.tombstone_digest}"
    assert body["state"] == "finished"
    proof = body["proof"]
    assert (proof["digests"], proof["tx_hash"], proof["block_number"]) == ([digest], "0x01", 7)
    assert (proof["contract"], proof["uploads"]) == ("0xc0ffee", [{"digest": digest, "cid": cid}])
    assert proof["whole"] == {
        "kind": "driver",
        "digest": "0x" + tombstones.digest_of(upload.driver_id).hex(),
        "tx_hash": "0x01",
        "block_number": 7,
    }


def test_one_car_is_erased_and_the_other_stays(
    as_driver: APIClient,
    upload: Upload,
    driver: Driver,
    ipfs_node: FakeNode,
    work_through: Callable,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(signals, "_witnesses", [events.uploads_are_gone])
    other = make_pinned_upload(driver, make_vehicle(driver), b"another trip")
    wish = {"vehicle_id": str(upload.vehicle_id)}
    address = as_driver.post("/api/v1/erasures", wish, format="json")["Location"]
    keys = WrappedKey.objects.values_list("upload_id", flat=True)
    assert set(keys) == {other.id}
    work_through("storage.tasks.unpin_object")
    events.erased(_tombstone(upload))
    _sent(f"vehicle.{upload.vehicle_id}")
    body = as_driver.get(address).json()
    assert (body["state"], body["vehicle_id"]) == ("finished", wish["vehicle_id"])
    proof = body["proof"]
    assert [row["digest"] for row in proof["uploads"]] == [f"0x{upload.tombstone_digest}"]
    assert proof["whole"]["kind"] == "vehicle"
    assert as_driver.get("/api/v1/drivers/me").status_code == 200


def test_one_upload_has_a_proof_of_its_own(
    as_driver: APIClient, upload: Upload, ipfs_node: FakeNode, work_through: Callable
) -> None:
    address = f"/api/v1/uploads/{upload.id}/erasure"
    assert as_driver.get(address).json()["code"] == "not_erased"
    as_driver.delete(f"/api/v1/uploads/{upload.id}")
    assert as_driver.get(address).json()["state"] == "running"
    work_through("storage.tasks.unpin_object")
    events.erased(_tombstone(upload))
    body = as_driver.get(address).json()
    assert body["state"] == "finished"
    assert body["proof"]["digests"] == [f"0x{upload.tombstone_digest}"]


def test_nobody_sees_another_drivers_proof(as_other_driver: APIClient, upload: Upload) -> None:
    assert as_other_driver.get(f"/api/v1/uploads/{upload.id}/erasure").status_code == 404


def test_a_build_leaves_a_retired_car_out(upload: Upload, vehicle: Vehicle) -> None:
    assert list(selectors.pinned_uploads([upload.driver_id])) == [upload]
    retiring.retire(vehicle=vehicle, at=timezone.now())
    assert not selectors.pinned_uploads([upload.driver_id])


def test_a_restored_backup_does_not_bring_a_key_back(
    upload: Upload, builder_process: None, work_through: Callable, ipfs_node: FakeNode
) -> None:
    events.erased(_tombstone(upload))
    upload.refresh_from_db()
    assert (upload.state, upload.tombstone_tx) == ("erased", "0x01")
    assert not WrappedKey.objects.exists()
    with pytest.raises(Erased):
        plaintext_of(upload)


def test_a_tombstone_of_something_else_changes_nothing(upload: Upload) -> None:
    stranger = _tombstone(upload)
    stranger.args["digest"] = b"\x01" * 32
    events.erased(stranger)
    upload.refresh_from_db()
    assert upload.state == "pinned"


def test_a_tombstone_whose_block_is_gone_is_waited_for_again(
    as_driver: APIClient, upload: Upload
) -> None:
    as_driver.delete(f"/api/v1/uploads/{upload.id}")
    events.erased(_tombstone(upload))
    events.erased_undone(_tombstone(upload))
    upload.refresh_from_db()
    assert (upload.tombstone_tx, upload.state) == ("", "erased")


def test_more_uploads_than_one_call_holds_take_two_calls(
    driver: Driver, upload: Upload, vehicle: Vehicle
) -> None:
    Upload.objects.bulk_create(
        Upload(
            driver=driver,
            vehicle=vehicle,
            size_bytes=51,
            sha256="00" * 32,
            builder_key_id="builder-1",
            tombstone_digest=f"{number:064x}",
        )
        for number in range(100)
    )
    events.driver_erased(driver=driver, at=timezone.now())
    assert OutboundCall.objects.count() == 2
    assert not Upload.objects.exclude(state="erased").exists()

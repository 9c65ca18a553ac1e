import base64
import json
from typing import Any

import pytest
from nacl.public import PrivateKey, SealedBox

from audit.models import AuditLine
from registry.models import Driver, Vehicle
from storage import quality
from storage.errors import Erased, NotTheBuilder, Unreadable, WrongBytes
from storage.models import Upload, WrappedKey
from tests.factories import keys
from tests.factories.storage import cid_of, make_pinned_upload, plaintext_of
from tests.fakes.ipfs import FakeNode

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(driver: Driver, vehicle: Vehicle, ipfs_node: FakeNode) -> Upload:
    return make_pinned_upload(driver, vehicle, b"soc,91\n")


def test_the_builder_opens_an_upload_and_leaves_a_line(
    upload: Upload, builder_process: None
) -> None:
    assert plaintext_of(upload) == b"soc,91\n"
    line = AuditLine.objects.get()
    assert (line.act, line.subject) == ("upload_opened", f"upload:{upload.id}")


def test_no_other_process_opens_anything(upload: Upload) -> None:
    with pytest.raises(NotTheBuilder):
        plaintext_of(upload)


def test_another_key_does_not_open_it(upload: Upload, settings: Any) -> None:
    settings.BUILDER_PRIVATE_KEY = keys.BUYER.private.hex()
    with pytest.raises(Unreadable):
        plaintext_of(upload)


def test_a_key_of_another_id_is_told_apart(upload: Upload, builder_process: None) -> None:
    WrappedKey.objects.update(recipient_key="builder-0")
    with pytest.raises(Unreadable):
        plaintext_of(upload)


def test_an_upload_moved_to_another_vehicle_does_not_open(
    upload: Upload, builder_process: None, other_driver: Driver
) -> None:
    upload.driver = other_driver
    with pytest.raises(Unreadable):
        plaintext_of(upload)


def test_bytes_the_node_changed_are_refused(
    upload: Upload, builder_process: None, ipfs_node: FakeNode
) -> None:
    ipfs_node.damaged.add(cid_of(upload))
    with pytest.raises(WrongBytes):
        plaintext_of(upload)


def test_without_its_wrapped_key_nobody_opens_it(upload: Upload, builder_process: None) -> None:
    WrappedKey.objects.all().delete()
    with pytest.raises(Erased):
        plaintext_of(upload)


def test_the_report_is_for_its_driver_alone(upload: Upload) -> None:
    report = {"rows": 12, "left_out": [{"row": 3, "why": "negative energy"}]}
    quality.record(upload=upload, is_readable=True, codes=["negative_energy"], report=report)
    upload.refresh_from_db()
    assert upload.state == "checked"
    assert upload.quality == {"is_readable": True, "codes": ["negative_energy"]}
    box = SealedBox(PrivateKey(keys.DRIVER.private))
    assert json.loads(box.decrypt(base64.b64decode(upload.report_sealed))) == report


def test_a_quality_code_carries_no_values(upload: Upload) -> None:
    with pytest.raises(ValueError, match="closed list"):
        quality.record(upload=upload, is_readable=True, codes=["lat 52.1"], report={})


def test_an_erased_upload_stays_erased(upload: Upload) -> None:
    Upload.objects.update(state="erased")
    quality.record(upload=upload, is_readable=False, codes=[], report={})
    upload.refresh_from_db()
    assert (upload.state, upload.report_sealed) == ("erased", "")

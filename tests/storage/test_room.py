"""A disk without room: said before a file is sent, and nothing is lost when it fills up midway."""

import errno
import os
import shutil
from typing import Any

import pytest
from rest_framework.test import APIClient

from registry.models import Driver, Vehicle
from storage import spool
from storage.models import Upload
from tests.factories.storage import SealedFile, seal_file, spooled
from tests.storage.test_upload_doors import announce, offset_of, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(driver: Driver, vehicle: Vehicle) -> SealedFile:
    return seal_file(driver, vehicle, b"lat,lon\n" * 40)


def _leave(settings: Any, free_bytes: int) -> None:
    """Let the disk have so many bytes left for uploads."""
    settings.SPOOL_DIR.mkdir(parents=True, exist_ok=True)
    settings.UPLOAD_KEEP_FREE_BYTES = shutil.disk_usage(settings.SPOOL_DIR).free - free_bytes


def test_a_file_for_which_there_is_no_room_is_refused_before_it_is_sent(
    as_driver: APIClient, file: SealedFile, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "free_bytes", lambda: 100)
    answer = announce(as_driver, file)
    assert (answer.status_code, answer.json()["code"]) == (503, "no_room")
    assert answer.json()["facts"] == {"size_bytes": len(file.ciphertext), "free_bytes": 100}
    assert "100" in answer.json()["detail"]
    assert answer["Retry-After"] == "30"
    assert not Upload.objects.exists()


def test_what_is_kept_free_for_the_rest_is_no_room(settings: Any) -> None:
    _leave(settings, 50_000_000)
    assert abs(spool.free_bytes() - 50_000_000) < 40_000_000
    _leave(settings, -1_000_000_000)
    assert spool.free_bytes() == 0


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_disk_that_fills_up_moves_no_offset(
    as_driver: APIClient, file: SealedFile, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    announce(as_driver, file)
    send(as_driver, file, file.ciphertext[:100], 0)
    with monkeypatch.context() as full:

        def write(opened: Any, offset: int, part: list[bytes]) -> None:
            opened.seek(offset)
            opened.write(b"".join(part)[:10])
            raise OSError(error, "no room")

        full.setattr(spool, "_write", write)
        answer = send(as_driver, file, file.ciphertext[100:], 100)
    assert (answer.status_code, answer.json()["code"]) == (503, "no_room")
    assert offset_of(as_driver, file) == 100
    assert spooled(file.id) == file.ciphertext[:100]
    assert send(as_driver, file, file.ciphertext[100:], 100).status_code == 204


def test_a_last_part_that_cannot_be_made_sure_of_is_not_received(
    as_driver: APIClient, file: SealedFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce(as_driver, file)

    def sync(_file: int) -> None:
        raise OSError(errno.ENOSPC, "no room")

    with monkeypatch.context() as full:
        full.setattr(os, "fsync", sync)
        assert send(as_driver, file, file.ciphertext, 0).json()["code"] == "no_room"
    assert Upload.objects.get().state == "receiving"
    assert offset_of(as_driver, file) == 0


def test_a_real_full_disk_says_so(as_driver: APIClient, file: SealedFile) -> None:
    announce(as_driver, file)
    spool.path_of(file.id).unlink()
    spool.path_of(file.id).symlink_to("/dev/full")
    answer = send(as_driver, file, file.ciphertext, 0)
    assert (answer.status_code, answer.json()["code"]) == (503, "no_room")
    assert Upload.objects.get().received_bytes == 0

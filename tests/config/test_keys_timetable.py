"""The copy of the keys is kept up by itself: when it is old, and by one process at a time."""

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core import serializers

from config import backups, checks, tasks
from config.celery import app
from registry.models import Driver, Vehicle
from storage.models import Upload
from tests.factories.storage import make_pinned_upload
from tests.fakes.ipfs import FakeNode

pytestmark = pytest.mark.django_db(transaction=True)

EVERY_S = 300


@pytest.fixture
def upload(driver: Driver, vehicle: Vehicle, ipfs_node: FakeNode) -> Upload:
    return make_pinned_upload(driver, vehicle)


@pytest.fixture
def keys_file(settings: Any, tmp_path: Path) -> Path:
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.BACKUP_DIR.mkdir()
    settings.BACKUP_KEYS_EVERY_S = EVERY_S
    return tmp_path / "backups" / backups.KEYS_FILE


def _age(file: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(file, (then, then))


def test_the_first_beat_copies_and_the_next_finds_the_copy_young(
    upload: Upload, keys_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for _ in range(3):
        tasks.copy_keys()
    assert str(upload.id) in keys_file.read_text()
    assert keys_file.stat().st_mode & 0o077 == 0
    assert caplog.messages == ["keys_copied count=3"]


@pytest.mark.parametrize(
    "age_s", [EVERY_S, -3_600], ids=["old", "made before the clock was set back"]
)
def test_a_copy_whose_age_is_too_great_or_unknown_is_made_anew(
    upload: Upload, keys_file: Path, age_s: float
) -> None:
    keys_file.write_text("an older copy")
    _age(keys_file, age_s)
    tasks.copy_keys()
    assert str(upload.id) in keys_file.read_text()


def test_a_young_copy_is_left_alone(upload: Upload, keys_file: Path) -> None:
    keys_file.write_text("a copy")
    _age(keys_file, EVERY_S - 5)
    tasks.copy_keys()
    assert keys_file.read_text() == "a copy"


def test_who_finds_another_at_it_leaves_it_to_him(upload: Upload, keys_file: Path) -> None:
    other = os.open(keys_file.parent, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    tasks.copy_keys()
    assert not keys_file.exists()
    os.close(other)  # as its process would by dying
    tasks.copy_keys()
    assert keys_file.exists()


def test_what_a_killed_copy_left_is_no_second_generation_of_keys(
    upload: Upload, keys_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_args: Any, **_options: Any) -> Iterator[None]:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(serializers, "serialize", killed)
        with pytest.raises(SystemExit):
            tasks.copy_keys()
    assert not keys_file.exists()
    assert len(list(keys_file.parent.iterdir())) == 1
    tasks.copy_keys()
    assert list(keys_file.parent.iterdir()) == [keys_file]


def test_without_a_folder_nothing_is_copied(settings: Any, tmp_path: Path) -> None:
    settings.BACKUP_DIR = None
    tasks.copy_keys()
    assert list(tmp_path.glob("**/keys.jsonl")) == []


def test_a_folder_that_is_not_there_is_not_made(settings: Any, tmp_path: Path) -> None:
    settings.BACKUP_DIR = tmp_path / "not mounted"
    with pytest.raises(FileNotFoundError):
        tasks.copy_keys()
    assert [one.id for one in checks.backups_have_a_place()] == ["config.W002"]
    settings.BACKUP_DIR = tmp_path
    assert checks.backups_have_a_place() == []


def test_a_deployment_without_a_timetable_is_warned(settings: Any, tmp_path: Path) -> None:
    settings.BACKUP_DIR = None
    assert [one.id for one in checks.keys_are_copied()] == ["config.W001"]
    assert checks.backups_have_a_place() == []
    settings.BACKUP_DIR = tmp_path
    assert checks.keys_are_copied() == []


def test_it_is_looked_at_more_often_than_it_is_due() -> None:
    beat = app.conf.beat_schedule["keys"]
    assert beat["task"] == tasks.copy_keys.name
    assert beat["schedule"] <= EVERY_S / 10
    assert tasks.copy_keys.name in app.tasks

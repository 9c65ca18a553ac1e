"""A restored old backup cannot open what was erased since; everything else comes back."""

import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from anonymize.models import Release
from chain.domain.calls import EventRecord
from chain.errors import NodeDown
from config import backups
from registry import erasure as registry
from registry.models import Driver, Vault, Vehicle
from storage import erasure
from storage.domain import tombstones
from storage.errors import Erased
from storage.models import Upload, WrappedKey
from tests.factories import anonymize
from tests.factories.registry import make_vehicle
from tests.factories.storage import make_pinned_upload, plaintext_of
from tests.fakes.ipfs import FakeNode
from work import asking
from work.models import WorkRow

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> set[Any]:
    """The ids whose tombstones stand on the chain."""
    erased: set[Any] = set()

    def every(contract: str, name: str) -> Iterator[EventRecord]:
        for number, one in enumerate(sorted(erased, key=str)):
            digest = {"digest": tombstones.digest_of(one)}
            yield EventRecord(contract, name, digest, 7, "0xb7", AT, "0x01", number)

    monkeypatch.setattr("storage.replaying.rereading.every", every)
    return erased


@pytest.fixture
def upload(driver: Driver, vehicle: Vehicle, ipfs_node: FakeNode) -> Upload:
    return make_pinned_upload(driver, vehicle)


@pytest.fixture
def other(driver: Driver, upload: Upload) -> Upload:
    return make_pinned_upload(driver, make_vehicle(driver), b"another trip")


def _put_back(dated: Path) -> None:
    """Do what docs/backup.md says for the database at hand."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(dated / "database.sqlite3")) as copy:
            copy.backup(connection.connection)
        return
    facts = connection.get_connection_params()
    connection.close()
    place = {"PGHOST": str(facts["host"]), "PGPORT": str(facts["port"]), "PGUSER": facts["user"]}
    asked = ["pg_restore", "--clean", "--if-exists", "--no-owner", "-d", facts["dbname"]]
    subprocess.run([*asked, str(dated / "database.dump")], check=True, env=os.environ | place)


def _restore(folder: Path, dated: Path) -> None:
    _put_back(dated)
    call_command("finish_restore", folder / "keys.jsonl")


def test_a_dated_copy_holds_nothing_that_opens(upload: Upload, tmp_path: Path) -> None:
    sealed = [key.sealed for key in WrappedKey.objects.all()]
    seed = Vault.objects.get().body["sealed_seed"]
    dated = backups.back_up(tmp_path / "kept", at=AT)
    content = b"".join(file.read_bytes() for file in dated.iterdir())
    for secret in (*sealed, seed):
        assert secret.encode() not in content
    keys = tmp_path / "kept" / "keys.jsonl"
    assert all(secret in keys.read_text() for secret in (*sealed, seed))
    assert keys.stat().st_mode & 0o077 == 0
    facts = json.loads((dated / "backup.json").read_text())
    assert (facts["engine"], facts["version"]) == (connection.vendor, 1)


def test_a_restored_backup_opens_what_was_not_erased(
    upload: Upload, chain: set, builder_process: None, tmp_path: Path
) -> None:
    dated = backups.back_up(tmp_path / "kept", at=AT)
    WrappedKey.objects.all().delete()
    Vault.objects.all().delete()
    _restore(tmp_path / "kept", dated)
    assert plaintext_of(Upload.objects.get(id=upload.id)) == b"one trip"
    assert Vault.objects.count() == 1


def test_even_the_keys_of_before_do_not_bring_an_erased_upload_back(
    upload: Upload, other: Upload, chain: set, builder_process: None, tmp_path: Path
) -> None:
    dated = backups.back_up(tmp_path / "kept", at=AT)
    erasure.erase_upload(upload=upload, at=timezone.now())
    chain.add(upload.id)
    _restore(tmp_path / "kept", dated)
    gone = Upload.objects.get(id=upload.id)
    assert (gone.state, gone.tombstone_tx) == ("erased", "0x01")
    with pytest.raises(Erased):
        plaintext_of(gone)
    assert plaintext_of(Upload.objects.get(id=other.id)) == b"another trip"


def test_an_erased_driver_does_not_come_back(
    driver: Driver, upload: Upload, chain: set, tmp_path: Path
) -> None:
    dated = backups.back_up(tmp_path / "kept", at=AT)
    registry.ask(driver=driver, at=timezone.now())
    chain |= {upload.id, driver.id}
    _restore(tmp_path / "kept", dated)
    again = Driver.objects.get(id=driver.id)
    assert (again.handle, again.erased_at) == (f"erased-{driver.id}", AT)
    assert not Vault.objects.exists()
    assert not WrappedKey.objects.exists()


def test_an_erased_car_does_not_come_back(
    vehicle: Vehicle, upload: Upload, other: Upload, chain: set, tmp_path: Path
) -> None:
    dated = backups.back_up(tmp_path / "kept", at=AT)
    registry.ask_for_vehicle(vehicle=vehicle, at=timezone.now())
    chain |= {upload.id, vehicle.id}
    _restore(tmp_path / "kept", dated)
    again = Vehicle.objects.get(id=vehicle.id)
    assert (again.brand, again.state, again.erased_at) == ("", "retired", AT)
    assert set(WrappedKey.objects.values_list("upload_id", flat=True)) == {other.id}


def test_no_key_comes_back_before_the_chain_was_asked(
    upload: Upload, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dated = backups.back_up(tmp_path / "kept", at=AT)

    def silent(*_of: str) -> Iterator[EventRecord]:
        raise NodeDown

    monkeypatch.setattr("storage.replaying.rereading.every", silent)
    with pytest.raises(CommandError, match="serve nothing"):
        _restore(tmp_path / "kept", dated)
    assert not WrappedKey.objects.exists()


def test_finishing_twice_changes_nothing(upload: Upload, chain: set, tmp_path: Path) -> None:
    dated = backups.back_up(tmp_path / "kept", at=AT)
    _restore(tmp_path / "kept", dated)
    kept = set(WrappedKey.objects.values_list("sealed", flat=True))
    call_command("finish_restore", tmp_path / "kept" / "keys.jsonl")
    assert set(WrappedKey.objects.values_list("sealed", flat=True)) == kept


def test_there_is_one_copy_of_the_keys_and_no_older_one(
    upload: Upload, other: Upload, tmp_path: Path
) -> None:
    folder = tmp_path / "kept"
    backups.back_up(folder, at=AT)
    erasure.erase_upload(upload=upload, at=timezone.now())
    call_command("back_up", folder, "--keys-only")
    assert str(upload.id) not in (folder / "keys.jsonl").read_text()
    assert str(other.id) in (folder / "keys.jsonl").read_text()
    assert sorted(file.name for file in folder.iterdir()) == ["20261122T120000Z", "keys.jsonl"]


def test_a_build_whose_parts_stayed_behind_begins_again(db: None) -> None:
    release = anonymize.make_release(anonymize.make_dataset(), state=Release.State.CHARGED)
    asking.ask(task=backups.BUILD_TASK, reference=str(release.id), queue="builder")
    WorkRow.objects.update(state=WorkRow.State.DONE)
    assert backups.begin_builds_again() == 1
    assert WorkRow.objects.get().state == WorkRow.State.OPEN

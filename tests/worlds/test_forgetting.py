"""Taking everything along, being forgotten, and an old backup that brings nothing erased back."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from pytest_socket import enable_socket

import odometer as od
from odometer import cli, erasing, exporting
from protocol import vault
from stack import health, supervision
from stack.places import ROOT
from stack.programs import app_environment
from tests.worlds.nodes import Stack, whole_stack

pytestmark = pytest.mark.worlds

PASSPHRASE = "a passphrase for a test"
APPS = ("beat", "worker-builder", "worker-chain", "worker-web", "web")
PROMISED_S = 60


@pytest.fixture(scope="module")
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack whose database a test may put back."""
    enable_socket()
    with whole_stack(tmp_path_factory.mktemp("stack")) as found:
        yield found


class Member:
    """A driver with a car and two files."""

    def __init__(self, stack: Stack) -> None:
        self.handle = f"driver-{secrets.token_hex(4)}"
        self.driver = od.Driver.enrol(od.Session(stack.web_url), self.handle, PASSPHRASE)
        self.car = self.driver.add_vehicle(brand="Nissan", model="LEAF", powertrain="bev")
        self.other_car = self.driver.add_vehicle(brand="NIO", model="ES8", powertrain="bev")
        self.files = {self._hand_in(car): car.id for car in (self.car, self.car, self.other_car)}

    def _hand_in(self, car: od.Vehicle) -> str:
        content = f"start,energy\n2026-08-01,{secrets.randbelow(90)}\n".encode() * 5_000
        return self.driver.upload(content, car).wait_until_pinned(at_most_s=60).id

    def of(self, car: od.Vehicle) -> list[str]:
        return [upload for upload, owner in self.files.items() if owner == car.id]


@pytest.fixture
def member(own_stack: Stack) -> Member:
    return Member(own_stack)


def _manage(stack: Stack, *words: str | Path) -> str:
    own = {"DATABASE_URL": stack.database_url} if stack.database_url else {}
    done = subprocess.run(
        [sys.executable, "manage.py", *map(str, words)],
        cwd=ROOT,
        env={**os.environ, **app_environment(stack.places), **own},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_everything_comes_along_opened_or_sealed(member: Member, tmp_path: Path) -> None:
    counts = member.driver.export(tmp_path / "mine.zip")
    assert (counts["files"], counts["vehicles"]) == (3, 2)
    member.driver.export(tmp_path / "sealed.zip", is_sealed=True)
    seed = vault.seed_of(member.driver.recovery_words)
    assert exporting.open_archive(tmp_path / "sealed.zip", tmp_path / "opened.zip", seed) == 3
    with ZipFile(tmp_path / "mine.zip") as mine, ZipFile(tmp_path / "opened.zip") as opened:
        for upload in member.files:
            content = member.driver.open_upload(upload)
            assert mine.read(f"files/{upload}.csv") == opened.read(f"files/{upload}.csv") == content


def test_a_car_is_erased_in_time_and_a_node_alone_proves_it(
    own_stack: Stack, member: Member, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    done = member.driver.erase_vehicle(member.car).wait_until_finished(at_most_s=PROMISED_S)
    took = time.monotonic() - began
    proof = tmp_path / "proof.json"
    proof.write_text(json.dumps(done.body))
    named = [word for upload in member.of(member.car) for word in ("--upload", upload)]
    rpc = own_stack.places.chain_url
    asked = ["erasure", "verify", str(proof), "--rpc", rpc, "--url", "http://127.0.0.1:9", *named]
    assert cli.main(asked) == cli.DONE
    assert "uploads=2" in capsys.readouterr().out
    for upload in member.of(member.car):
        with pytest.raises(od.NotFound):
            member.driver.open_upload(upload)
    (kept,) = member.of(member.other_car)
    assert member.driver.open_upload(kept)
    assert took < PROMISED_S
    sys.stderr.write(f"\nerased a car with two uploads in {took:.1f} s\n")


def test_an_old_backup_brings_nothing_erased_back(
    own_stack: Stack, member: Member, tmp_path: Path
) -> None:
    gone, *_ = member.of(member.car)
    (kept,) = member.of(member.other_car)
    folder = tmp_path / "backups"
    _manage(own_stack, "back_up", folder)
    (dated,) = (one for one in folder.iterdir() if one.is_dir())
    leaver = Member(own_stack)  # an account that the backup does not know
    member.driver.erase_upload(gone).wait_until_finished(at_most_s=PROMISED_S)
    leaver.driver.erase_everything().wait_until_finished(at_most_s=PROMISED_S)

    for name in APPS:
        supervision.order(own_stack.places, "stopProcess", name)
    _put_back(own_stack, dated)
    said = _manage(own_stack, "finish_restore", folder / "keys.jsonl")
    assert "1 uploads, 0 vehicles, 0 drivers" in said
    for name in reversed(APPS):
        supervision.order(own_stack.places, "startProcess", name)
    health.wait(own_stack.places, {**health.NODES, **health.APPS})

    again = od.Driver.sign_in(od.Session(own_stack.web_url), member.handle, PASSPHRASE)
    assert again.open_upload(kept)
    with pytest.raises(od.NotFound):
        again.open_upload(gone)
    proof = again.session.get(f"/uploads/{gone}/erasure")["proof"]
    rpc = od.Rpc(own_stack.places.chain_url)
    assert erasing.verify_alone(proof, rpc, [gone]).uploads == 1
    # What the copy did not know of is on the chain now: the sender goes on behind it.
    again.erase_upload(kept).wait_until_finished(at_most_s=PROMISED_S)


def _put_back(stack: Stack, dated: Path) -> None:
    """Do what docs/backup.md says for the database at hand."""
    if stack.database_url:
        words = ["pg_restore", "--clean", "--if-exists", "--no-owner", "-d", stack.database_url]
        subprocess.run([*words, str(dated / "database.dump")], check=True)
        return
    file = stack.places.var / "db.sqlite3"
    for left in file.parent.glob(f"{file.name}-*"):
        left.unlink()
    shutil.copyfile(dated / "database.sqlite3", file)

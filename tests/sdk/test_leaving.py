"""Leaving: one upload, one car, or everything, each with a proof in the end."""

import json

import pytest

from odometer import cli, exporting, leaving, leaving_commands, signing_in
from odometer.driver import Driver, Vehicle
from odometer.errors import Untrusted
from odometer.waiting import NotInTime
from tests.sdk.wire import session

RUNNING = {"id": "e-1", "state": "running", "proof": None}
FINISHED = {"id": "e-1", "state": "finished", "proof": {"uploads": []}}
CAR = {"id": "v-1", "brand": "", "model": "", "year": None, "powertrain": "", "state": "retired"}


def _driver(*answers):
    caller, wire = session(*answers)
    return Driver(caller, b"\x01" * 32, "d-1", None), wire


def test_one_car_is_erased_and_its_proof_waited_for():
    driver, wire = _driver((202, RUNNING), (200, RUNNING), (200, FINISHED))
    done = driver.erase_vehicle("v-1").wait_until_finished(at_most_s=5)
    assert wire.bodies[0] == {"vehicle_id": "v-1"}
    assert wire.asked[2].path_url == "/api/v1/erasures/e-1"
    assert (done.state, done.proof) == ("finished", {"uploads": []})


def test_one_upload_is_erased_with_a_proof_of_its_own():
    driver, wire = _driver((202, {}), (200, RUNNING), (200, FINISHED))
    assert driver.erase_upload("u-1").wait_until_finished(at_most_s=5).proof == {"uploads": []}
    paths = [(one.method, one.path_url) for one in wire.asked]
    assert paths[:2] == [
        ("DELETE", "/api/v1/uploads/u-1"),
        ("GET", "/api/v1/uploads/u-1/erasure"),
    ]


def test_everything_is_erased_and_read_like_a_mapping():
    driver, wire = _driver((202, RUNNING))
    assert driver.erase_everything()["id"] == "e-1"
    assert wire.bodies[0] == {}


def test_a_sold_car_is_retired():
    driver, wire = _driver((200, CAR))
    assert driver.retire(Vehicle.of(CAR)).state == "retired"
    assert (wire.asked[0].method, wire.bodies[0]) == ("PATCH", {"state": "retired"})


@pytest.fixture
def signed_in(monkeypatch, tmp_path):
    """Sign in as a driver of prepared answers; returns the file of the passphrase."""

    def give(*answers):
        driver, wire = _driver(*answers)
        monkeypatch.setattr(Driver, "sign_in", lambda *_: driver)
        file = tmp_path / "passphrase"
        file.write_text("six words that nobody else knows\n")
        return ["--handle", "driver", "--passphrase-file", str(file)], wire

    return give


def test_a_command_erases_and_saves_the_proof(signed_in, tmp_path, capsys):
    proof = {"uploads": [], "releases_that_stay": [{"release_id": "r"}]}
    options, wire = signed_in((202, RUNNING), (200, {**FINISHED, "proof": proof}))
    file = tmp_path / "proof.json"
    asked = ["erasure", "start", "--vehicle", "v-1", "--yes", "--proof", str(file), *options]
    assert cli.main(asked) == cli.DONE
    assert json.loads(file.read_text()) == proof
    assert "releases_that_stay=1" in capsys.readouterr().out
    assert wire.bodies[0] == {"vehicle_id": "v-1"}


def test_a_late_erasure_says_where_its_proof_will_be(signed_in, tmp_path, capsys, monkeypatch):
    options, _ = signed_in((202, RUNNING))

    def late(*_args, **_options):
        raise NotInTime("the erasure was not done within 60 s")

    monkeypatch.setattr(leaving.Erasure, "wait_until_finished", late)
    asked = ["erasure", "start", "--everything", "--yes", "--proof", str(tmp_path / "p"), *options]
    assert cli.main(asked) == cli.UNAVAILABLE
    assert "/erasures/e-1" in capsys.readouterr().err


@pytest.mark.parametrize("left_out", ["--yes", "--everything"])
def test_nothing_is_erased_without_saying_so(left_out, tmp_path):
    asked = ["erasure", "start", "--everything", "--yes", "--proof", "p", "--handle", "driver"]
    with pytest.raises(SystemExit) as end:
        cli.main([word for word in asked if word != left_out])
    assert end.value.code == 2


def test_no_passphrase_is_said_before_anything_is_asked(monkeypatch, capsys):
    monkeypatch.delenv(signing_in.PASSPHRASE, raising=False)
    assert cli.main(["data", "export", "mine.zip", "--handle", "driver"]) == cli.REFUSED
    assert "--passphrase-file" in capsys.readouterr().err


def test_a_command_exports(signed_in, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(exporting, "export", lambda *_args, **_options: {"files": 3})
    options, _ = signed_in()
    assert cli.main(["data", "export", str(tmp_path / "mine.zip"), *options]) == cli.DONE
    assert "files=3" in capsys.readouterr().out


def test_a_proof_is_verified_with_a_node_alone(monkeypatch, tmp_path, capsys):
    seen: dict[str, object] = {}

    def alone(proof, rpc, uploads, *, contract):
        seen.update(url=rpc.url, uploads=uploads, contract=contract)
        raise Untrusted("erasure_not_proved", "no tombstone on the chain")

    monkeypatch.setattr("odometer.erasing.verify_alone", alone)
    monkeypatch.setattr(leaving_commands, "Client", lambda _url: pytest.fail("asked the market"))
    file = tmp_path / "proof.json"
    file.write_text("{}")
    asked = ["erasure", "verify", str(file), "--rpc", "http://node.test", "--upload", "u-1"]
    assert cli.main(asked) == cli.REFUSED
    assert seen == {"url": "http://node.test", "uploads": ["u-1"], "contract": ""}
    assert "no tombstone" in capsys.readouterr().err

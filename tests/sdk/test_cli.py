"""The command line: exit codes a script can rely on."""

import json
from types import SimpleNamespace

import pytest

from odometer import cli, verify_release
from odometer.chain import Chain
from odometer.errors import Untrusted, unreachable
from protocol.hashing import sha256
from tests.sdk.release_world import OTHER, RELEASE, World
from tests.sdk.world import SaidChain


@pytest.fixture
def failing(monkeypatch):
    def fail_with(error):
        def client(_url):
            raise error

        monkeypatch.setattr(cli, "Client", client)

    return fail_with


def test_a_refusal_is_one_and_said_on_stderr(failing, capsys):
    failing(Untrusted("not_on_chain", "the chain knows no such release"))
    assert cli.main(["chain", "info"]) == cli.REFUSED
    assert "no such release" in capsys.readouterr().err


def test_a_marketplace_that_is_away_is_three(failing):
    failing(unreachable("http://market.test", OSError("gone")))
    assert cli.main(["products", "list"]) == cli.UNAVAILABLE


def test_wrong_usage_is_two(capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(["products", "destroy"])
    assert end.value.code == 2


class _Published:
    """A marketplace that serves one release, as `world` has it."""

    def __init__(self, world, sealed):
        self.files = {
            "manifest": json.dumps(world.manifest).encode(),
            "contributors": json.dumps({"contributors": world.people}).encode(),
            "file": sealed,
        }

    def content(self, path):
        return self.files[path.rpartition("/")[2]]


@pytest.fixture
def published(monkeypatch):
    """Serve a release on a chain in memory; returns what a test may bend, and the server."""
    world, sealed = World(), b"ciphertext"
    world.manifest["file"] |= {"sha256": sha256(sealed).hex()}
    world.record[6] = world.digest
    server = _Published(world, sealed)
    chain = SaidChain()
    chain.rpc = SimpleNamespace(url="http://node.test")  # type: ignore[assignment]
    monkeypatch.setattr(cli, "Client", lambda _url: SimpleNamespace(session=server))
    monkeypatch.setattr(Chain, "of", lambda *_: chain)
    monkeypatch.setattr(verify_release, "ask", lambda _url, *asked: world.ask(*asked))
    return world, server


def test_a_release_is_verified_line_by_line(published, capsys):
    assert cli.main(["releases", "verify", RELEASE]) == cli.DONE
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 10
    assert all(line.startswith("ok ") for line in lines)


def test_a_release_that_does_not_hold_is_refused_and_says_which_check(published, capsys):
    published[0].record[6] += 1
    assert cli.main(["releases", "verify", RELEASE, "--json"]) == cli.REFUSED
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["check"] for row in rows if not row["ok"]] == ["manifest"]


def test_other_bytes_than_the_release_are_refused(published, capsys):
    published[1].files["file"] = b"something else"
    assert cli.main(["releases", "verify", RELEASE]) == cli.REFUSED
    assert "FAIL  file" in capsys.readouterr().out


def test_the_manifest_of_another_release_is_no_answer(published, capsys):
    assert cli.main(["releases", "verify", OTHER]) == cli.REFUSED
    assert "another release" in capsys.readouterr().err

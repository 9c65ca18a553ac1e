"""A stranger with one file, two downloads and a node checks a real release, line by line."""

import json
import os
import subprocess
import sys
import urllib.request

import pytest

from odometer import verify_release
from stack.places import ROOT
from tests.worlds import demos

pytestmark = pytest.mark.worlds

FILES = ("manifest", "contributors")


@pytest.fixture(scope="module")
def release(stack):
    """The first release of a demo: sold, claimed, and its drivers partly gone since."""
    return demos.told(stack)["releases"][0]


@pytest.fixture(scope="module")
def chain(stack):
    return json.loads(_download(f"{stack.web_url}/api/v1/chain"))


@pytest.fixture
def files(stack, release, tmp_path):
    for name in FILES:
        content = _download(f"{stack.web_url}/api/v1/releases/{release['id']}/{name}")
        (tmp_path / f"{name}.json").write_bytes(content)
    return [tmp_path / f"{name}.json" for name in FILES]


def _download(address):
    with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310
        return answer.read()


def _verify(chain, files):
    """Run the file alone, as a stranger would; returns its exit code and its rows."""
    at = chain["contracts"]
    told = ["--rpc", chain["rpc_url"], "--market", at["ReleaseMarket"]]
    told += ["--registry", at["ConsentRegistry"], "--json", *map(str, files)]
    answer = subprocess.run(
        [sys.executable, "-I", verify_release.__file__, *told],
        capture_output=True,
        text=True,
        check=False,
    )
    rows = [json.loads(line) for line in answer.stdout.splitlines()]
    assert rows, answer.stderr
    return answer.returncode, rows


def test_a_real_release_passes_every_check(chain, files, release):
    code, rows = _verify(chain, files)
    assert [row for row in rows if not row["ok"]] == []
    assert (code, len(rows)) == (0, 9)
    told = {row["check"]: row["detail"] for row in rows}
    assert told["consents"].startswith(f"{release['contributors']} of ")
    assert not told["claims"].startswith("0 ")


def test_a_manifest_with_one_figure_changed_is_refused(chain, files):
    manifest = json.loads(files[0].read_text())
    manifest["cohort_noised"] += 1
    files[0].write_text(json.dumps(manifest))
    code, rows = _verify(chain, files)
    assert (code, [row["check"] for row in rows if not row["ok"]]) == (1, ["manifest"])


def test_a_list_without_one_contributor_is_refused(chain, files):
    listed = json.loads(files[1].read_text())
    del listed["contributors"][-1]
    files[1].write_text(json.dumps(listed))
    code, rows = _verify(chain, files)
    assert code == 1
    assert "contributors" in [row["check"] for row in rows if not row["ok"]]


def test_the_command_of_the_client_says_the_same(stack, release):
    path = os.pathsep.join([str(ROOT), str(ROOT / "sdk")])
    command = [sys.executable, "-m", "odometer", "releases", "verify", release["id"]]
    answer = subprocess.run(
        [*command, "--url", stack.web_url],
        capture_output=True,
        text=True,
        check=False,
        env={**stack.environment, "PYTHONPATH": path},
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert [line.split()[0] for line in answer.stdout.splitlines()] == ["ok"] * 10

"""Each check of a release fails when exactly what it is about was tampered with."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from odometer import verify_release
from protocol import merkle
from tests.sdk import release_world as here
from tests.sdk.release_world import CONTRIBUTORS, MARKET, REGISTRY, World

SOURCE = Path(verify_release.__file__)
NAMES = [
    "manifest", "publication", "privacy", "contributors", "shares", "consents", "sales", "claims",
    "pool",
]  # fmt: skip


@pytest.fixture
def world():
    return World()


def verdict(world):
    files = (world.manifest, {"contributors": world.people})
    return verify_release.verify(world.ask, MARKET, REGISTRY, *files)


def failed(world):
    return [row["check"] for row in verdict(world) if not row["ok"]]


def test_a_whole_release_passes_every_check(world):
    assert [(row["check"], row["ok"]) for row in verdict(world)] == [(name, True) for name in NAMES]


def test_a_changed_manifest_is_not_the_one_on_the_chain(world):
    world.manifest["cohort_noised"] += 1
    assert failed(world) == ["manifest"]


def test_an_event_that_says_another_loss_than_the_manifest_is_found(world):
    world.again(here.PUBLISHED)
    world.publish(rho=here.RHO + 1)
    assert failed(world) == ["publication"]


@pytest.mark.parametrize(
    "changed",
    [
        {"cid": b"c" * 32},
        {"root": 7},
        {"weight": 6},
        {"price": 1},
        {"consent_block": 49},
        {"dataset": here.OTHER},
    ],
)
def test_an_event_that_says_anything_else_than_the_manifest_is_found(world, changed):
    world.again(here.PUBLISHED)
    world.publish(**changed)
    assert failed(world) == ["publication"]


def test_a_release_that_was_never_published_is_found(world):
    world.again(here.PUBLISHED)
    assert failed(world) == ["publication"]


def test_a_consent_block_of_another_fork_is_found(world):
    world.block["hash"] = "0x" + "08" * 32
    assert failed(world) == ["publication"]


def test_a_dataset_that_passed_its_cap_is_found(world):
    world.publish(here.OTHER, block=80, rho=here.CAP)
    assert failed(world) == ["privacy"]


def test_a_list_that_leaves_somebody_out_is_found(world):
    del world.people[2]
    assert "contributors" in failed(world)


def test_a_list_that_names_somebody_else_is_found(world):
    world.log(REGISTRY, here.GRANTED, here.STRANGER, here.DATASET, b"t" * 32, 2**40, 0, block=9)
    world.people[1] = {**world.people[1], "address": here.STRANGER}
    assert failed(world) == ["contributors"]


def _publish_people(world, people):
    """Let the chain carry this list, as a dishonest operator would publish it."""
    world.people = people
    world.manifest["contributors"]["root"] = f"0x{world.root:064x}"
    world.record[5], world.record[6] = world.root, world.digest
    for kind in (here.PUBLISHED, here.CLAIMED):
        world.again(kind)
    world.publish()


def test_an_address_that_is_paid_twice_by_the_list_is_found(world):
    people = [dict(row) for row in world.people]
    people[4]["address"] = people[0]["address"]
    _publish_people(world, people)
    assert failed(world) == ["shares"]


@pytest.mark.parametrize("start", [0, 2])
def test_shares_that_overlap_or_leave_a_gap_are_found(world, start):
    people = [dict(row) for row in world.people]
    people[1]["start"] = start
    _publish_people(world, people)
    assert failed(world) == ["shares"]


def test_a_consent_that_was_revoked_before_the_block_is_found(world):
    world.log(REGISTRY, here.REVOKED, CONTRIBUTORS[1], here.DATASET, 1, block=49)
    assert failed(world) == ["consents"]


def test_a_consent_that_was_never_given_is_found(world):
    world.events = [event for event in world.events if CONTRIBUTORS[2][2:] not in str(event)]
    assert failed(world) == ["consents"]


def test_a_consent_that_had_expired_is_found(world):
    world.block["timestamp"] = hex(here.CONSENT_AT + 60)
    world.log(REGISTRY, here.RENEWED, CONTRIBUTORS[0], here.DATASET, 2**40, 1, block=40)
    (row,) = [row for row in verdict(world) if not row["ok"]]
    assert row["check"] == "consents"
    assert "no consent of 4" in row["detail"]  # the fifth was renewed


def test_a_consent_that_was_revoked_after_the_block_stood(world):
    world.log(REGISTRY, here.REVOKED, CONTRIBUTORS[1], here.DATASET, 1, block=51)
    assert failed(world) == []


def test_a_consent_to_another_dataset_does_not_count(world):
    world.again(here.GRANTED)
    for one in CONTRIBUTORS:
        world.log(REGISTRY, here.GRANTED, one, here.OTHER, b"t" * 32, 2**40, 0, block=1)
    assert failed(world) == ["consents"]


@pytest.mark.parametrize("changed", [{"price": here.PRICE - 1}, {"fee": 0}, {"fee": 150_001}])
def test_a_sale_at_another_price_or_fee_is_found(world, changed):
    world.buy(76, **changed)
    world.record[4] += 1
    assert failed(world) == ["sales"]


def test_a_sale_that_was_not_counted_is_found(world):
    world.buy(76)
    assert failed(world) == ["sales"]


def test_a_fee_above_fifteen_percent_is_found(world):
    world.record[2] = 1_501
    for kind in (here.BOUGHT, here.CLAIMED):
        world.again(kind)
    for block in (70, 71, 72):
        world.buy(block, fee=here.PRICE * 1_501 // 10_000)
    assert failed(world) == ["sales"]


def test_another_fee_than_the_dataset_was_opened_with_is_found(world):
    world.again(here.CREATED)
    world.log(MARKET, here.CREATED, here.DATASET, "0x" + "44" * 20, 1_000, here.CAP, block=3)
    assert failed(world) == ["sales"]


def test_a_payment_of_one_unit_too_much_is_found(world):
    world.claim(CONTRIBUTORS[1], sales=3, paid_before=0, block=76, more=1)
    assert failed(world) == ["claims"]


def test_a_payment_for_sales_that_were_paid_already_is_found(world):
    world.claim(CONTRIBUTORS[0], sales=3, paid_before=2, block=76)
    assert failed(world) == ["claims"]


def test_a_payment_to_a_stranger_is_found(world):
    world.claim(here.STRANGER, sales=3, paid_before=0, block=76, more=5)
    assert failed(world) == ["claims"]


def test_a_payment_ahead_of_the_sales_is_found(world):
    world.claim(CONTRIBUTORS[1], sales=4, paid_before=0, block=76)
    assert failed(world) == ["pool"]


def test_more_paid_than_was_taken_in_is_found(world):
    world.again(here.CLAIMED)
    world.claim(CONTRIBUTORS[0], sales=3, paid_before=0, block=76, more=3 * here.PRICE)
    assert failed(world) == ["claims", "pool"]


def test_where_a_node_gives_few_blocks_at_once_the_verdict_is_the_same(world):
    whole = verdict(world)
    world.most_blocks = 7
    assert verdict(world) == whole
    assert len(world.asked) > 50


def test_a_node_that_refuses_everything_verifies_nothing(world):
    world.most_blocks = 0
    (row,) = verdict(world)
    assert (row["check"], row["ok"]) == ("release", False)


def test_a_release_the_market_does_not_know_verifies_nothing(world):
    world.record, world.events = [0] * 7, []
    (row,) = verdict(world)
    assert (row["check"], row["ok"]) == ("release", False)


def test_files_that_make_no_sense_verify_nothing(world):
    world.people[0]["start"] = -1
    (row,) = verdict(world)
    assert not row["ok"]


def test_the_whole_check_fits_one_file_that_needs_nothing_of_ours():
    source = SOURCE.read_text(encoding="utf-8")
    assert len(source.splitlines()) < 200
    named = {
        (node.module or "").split(".")[0] if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert named - set(sys.stdlib_module_names) == {"Crypto"}


def test_the_file_runs_alone(tmp_path):
    answer = subprocess.run(
        [sys.executable, "-I", str(SOURCE), "--help"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert answer.returncode == 0
    assert "--registry" in answer.stdout


@pytest.mark.parametrize(("change", "code"), [(0, 0), (1, 1)])
def test_its_exit_code_is_the_verdict(world, monkeypatch, capsys, tmp_path, change, code):
    world.manifest["cohort_noised"] += change
    (tmp_path / "m.json").write_text(json.dumps(world.manifest, indent=1))
    (tmp_path / "c.json").write_text(json.dumps({"contributors": world.people}))
    monkeypatch.setattr(verify_release, "ask", lambda _url, *asked: world.ask(*asked))
    files = [str(tmp_path / name) for name in ("m.json", "c.json")]
    at = ["--rpc", "http://node.test", "--market", MARKET, "--registry", REGISTRY]
    monkeypatch.setattr(sys, "argv", ["verify_release.py", *at, "--json", *files])
    assert verify_release.main() == code
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["check"] for row in rows] == NAMES


def test_its_tree_is_the_tree_of_the_protocol(world):
    for count in range(1, 18):
        addresses = [f"0x{number + 1:040x}" for number in range(count)]
        world.people = [share.__dict__ for share in merkle.shares_of(addresses)]
        world.record[3], world.record[5] = count, world.root
        rows = {row["check"]: row["ok"] for row in verdict(world)}
        assert rows["contributors"], count

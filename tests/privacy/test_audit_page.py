"""The audit that is published holds its own rules, and the canary's way is what it says it is."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from anonymize.domain import accounting, cells, drawing
from bench.auditing import bounds, canary, page, planted
from bench.auditing.claims import Claim, Record
from bench.auditing.page import Effort
from bench.auditing.playing import Played

DOCS = Path(__file__).parents[2] / "docs"
FROM_TABLE = "from the released table alone"


def rows_of(text):
    """The cells of each row of the page's tables, without heads and rules."""
    lines = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| ")]
    rows = [[cell.strip() for cell in line] for line in lines]
    return [row for row in rows if row[0] not in {"released", "bug"}]


@pytest.fixture(scope="module")
def published():
    rows = rows_of((DOCS / "audit.md").read_text(encoding="utf-8"))
    claims = {
        (row[0], row[3]): (float(row[3]), float(row[4]), float(row[5]))
        for row in rows[: -len(planted.BUGS)]
    }
    return claims, rows[-len(planted.BUGS) :]


def test_no_bound_is_above_its_claim(published):
    claims, _ = published
    assert len(claims) >= 12
    assert all(measured <= claimed for claimed, measured, _ in claims.values())


def test_the_audit_is_not_blind(published):
    claims, _ = published
    seen = [measured / claimed for (told, _), (claimed, measured, _) in claims.items()
            if FROM_TABLE not in told]  # fmt: skip
    assert min(seen) >= 0.8
    kept = json.loads((DOCS / "bench" / "anonymize.json").read_text(encoding="utf-8"))
    assert kept["audit_bound_over_claim"] == pytest.approx(min(seen), abs=0.002)


def test_every_planted_bug_stands_there_as_caught(published):
    _, bugs = published
    assert [row[0] for row in bugs] == [plant().told for plant in planted.BUGS.values()]
    for _, exact, measured, _ in bugs:
        assert float(exact) > 1
        assert not measured or float(measured) > 1


# --- The rules themselves ----------------------------------------------------------------


def played(*, right, kind="mechanism", bug_right=4_000):
    claim = Claim(kind, "a mean", 250_000, 40_000, int)
    caught = {"noise_for_half": Record(bug_right, 4_000)}
    return Played([(claim, Record(right, 40_000))], caught)


def test_an_audit_that_holds_is_written():
    good = played(right=25_500)
    assert page.faults(good) == []
    text = page.text(good, Effort(1.0, 2.0, 2, "idle otherwise"))
    assert "| a mean | 40,000 |" in text
    assert "{" not in text


@pytest.mark.parametrize(
    "bad", [played(right=28_000), played(right=23_000), played(right=25_500, bug_right=2_100)]
)
def test_more_than_is_claimed_too_little_or_a_missed_bug_is_a_fault(bad):
    assert len(page.faults(bad)) == 1


def test_a_weak_guesser_with_the_table_alone_is_no_fault():
    assert page.faults(played(right=23_000, kind="table")) == []


# --- The canary --------------------------------------------------------------------------


def test_the_canary_is_the_only_difference():
    for query in (canary.PLAIN, canary.GROUPED):
        held, layout = canary.arms(query), cells.layout_of(query)
        one, other, alone = (
            np.array(cells.encode(table, layout))
            for table in (held.without, held.with_canary, held.alone)
        )
        assert (one + alone == other).all()


def test_a_session_that_two_files_tell_counts_once():
    alone = canary.arms(canary.PLAIN).alone
    assert alone["rows"].to_list() == [4]


def test_the_canary_moves_a_staged_answer_almost_as_far_as_any_driver_and_no_further():
    """Every step's layout follows from noisy numbers, so this is looked at over some answers."""
    held = canary.arms(canary.STAGED)
    alone = cells.levels_of(held.alone)
    claimed = accounting.mu_of(canary.STAGED.rho_micro) ** 2
    shares = []
    for _ in range(20):
        steps = drawing.draw(held.with_canary, canary.STAGED).steps
        moved = [math.hypot(*cells.encode_levels(alone, step.layout)) for step in steps]
        scales = [step.noised.scale for step in steps]
        loss = sum((one / scale) ** 2 for one, scale in zip(moved, scales, strict=True))
        shares.append(loss / claimed)
    assert max(shares) <= 1
    assert np.median(shares) >= 0.9


@pytest.mark.parametrize(
    ("play", "query"),
    [(canary.right_by_steps, canary.STAGED), (canary.right_by_table, canary.PLAIN)],
)
def test_a_short_game_proves_no_more_than_was_charged(play, query):
    assert bounds.mu_at_least(play(100), 100, 1e-6) <= accounting.mu_of(query.rho_micro)

"""A builder that dies at any step never draws twice for one charge, and the build ends."""

from importlib import import_module

import pytest
from django.db import transaction
from django.utils import timezone

from anonymize import answering, budgeting, building, drawing, parting, publishing
from anonymize.domain import drawing as pure
from anonymize.models import BuildPart, Contribution, PrivacyBudget, Release
from storage import sealing
from tests.anonymize import crowd
from work.models import WorkRow

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("builder_process", "ipfs_node"),
]

ANSWERED, SPENT = {Release.State.DRAWN, Release.State.PUBLISHING}, {Release.State.SPENT}
STEPS = {
    "before the cohort is written": (budgeting, "propose", "before", ANSWERED),
    "before the debit": (budgeting, "debit", "before", ANSWERED),
    "after the debit": (budgeting, "debit", "after", ANSWERED),
    "before the split": (parting, "open_parts", "before", ANSWERED),
    "after the split": (parting, "open_parts", "after", ANSWERED),
    "before a part": (building, "sums_of", "before", ANSWERED),
    "with a part made": (building, "sums_of", "after", ANSWERED),
    "with a part kept": (parting, "keep", "after", ANSWERED),
    "before the merge": (drawing, "bounded_of", "before", ANSWERED),
    "before the fence": (answering, "pass_the_fence", "before", ANSWERED),
    "after the fence": (answering, "pass_the_fence", "after", SPENT),
    "after the draw": (pure, "draw", "after", SPENT),
    "after the seal": (sealing, "seal_release", "after", SPENT),
    "before it is recorded": (answering, "_record", "before", SPENT),
    "after it is recorded": (answering, "keep", "after", ANSWERED),
    "before it is published": (publishing, "publish", "before", ANSWERED),
}


class Killed(BaseException):
    """The process is gone: nothing that it would have done afterwards happens."""


@pytest.fixture
def draws(monkeypatch):
    """Count how often noise is drawn."""
    drawn: list[int] = []
    draw = pure.draw

    def counted(*args, **facts):
        drawn.append(1)
        return draw(*args, **facts)

    monkeypatch.setattr(pure, "draw", counted)
    return drawn


@pytest.mark.parametrize("step", STEPS)
def test_a_builder_killed_at_a_step_draws_once_at_most(step, draws, monkeypatch):
    module, name, when, ends = STEPS[step]
    crowd.all_consent(monkeypatch)
    monkeypatch.setattr(parting.split, "__defaults__", (8,))
    crowd.make_crowd()
    release = crowd.planned_release()
    die_once(monkeypatch, module, name, when)
    deaths = sum(work_until_dead() for _ in range(12))
    release.refresh_from_db()
    assert deaths == 1
    assert release.state in ends
    assert len(draws) == (0 if step == "after the fence" else 1)
    assert crowd.charges() == crowd.DRIVERS
    assert set(PrivacyBudget.objects.values_list("spent_rho_micro", flat=True)) == {100_000}
    assert Contribution.objects.count() == crowd.DRIVERS
    assert not BuildPart.objects.exists()


def die_once(monkeypatch, module, name, when):
    act = getattr(module, name)
    died: list[int] = []

    def dying(*args, **facts):
        if died:
            return act(*args, **facts)
        if when == "after":
            act(*args, **facts)
        died.append(1)
        raise Killed

    monkeypatch.setattr(module, name, dying)


def work_until_dead():
    """Do what is open, as a builder started anew would once the dead one's leases ran out."""
    WorkRow.objects.filter(state="open").update(due_at=timezone.now(), leased_until=None, owner="")
    for row in WorkRow.objects.filter(state="open", task__startswith="anonymize."):
        module, _, name = row.task.rpartition(".")
        try:
            getattr(import_module(module), name)(row.reference)
        except Killed:
            assert not transaction.get_connection().in_atomic_block
            return 1
    return 0

"""A release is planned only when its dataset can bear it."""

from uuid import uuid4

import pytest

from anonymize import planning
from anonymize.errors import (
    BuildUnderWay,
    DatasetBudgetExhausted,
    DatasetNotReady,
    NoSuchDataset,
)
from anonymize.models import Dataset, Release
from chain.errors import MarketHalted
from tests.factories import anonymize as factory
from work.models import WorkRow

pytestmark = pytest.mark.django_db


def test_a_planned_release_waits_for_the_builder():
    dataset = factory.make_dataset()
    release = planning.plan_release(dataset_id=dataset.id, price_units=5)
    row = WorkRow.objects.get(reference=str(release.id))
    assert (row.task, row.queue) == ("anonymize.tasks.build_release", "builder")


def test_it_refuses_a_release_that_would_pass_the_cap():
    dataset = factory.make_dataset(rho_cap_micro=250_000)
    for _ in range(2):
        factory.make_release(dataset, state=Release.State.PUBLISHED)
    with pytest.raises(DatasetBudgetExhausted) as refusal:
        planning.plan_release(dataset_id=dataset.id, price_units=5)
    assert refusal.value.facts == {"asked_rho_micro": 100_000, "left_rho_micro": 50_000}


def test_a_lost_draw_counts_as_spent():
    dataset = factory.make_dataset(rho_cap_micro=150_000)
    factory.make_release(dataset, state=Release.State.SPENT)
    with pytest.raises(DatasetBudgetExhausted):
        planning.plan_release(dataset_id=dataset.id, price_units=5)


def test_one_build_at_a_time():
    dataset = factory.make_dataset()
    planning.plan_release(dataset_id=dataset.id, price_units=5)
    with pytest.raises(BuildUnderWay):
        planning.plan_release(dataset_id=dataset.id, price_units=5)


def test_it_waits_for_the_chain_to_know_the_dataset():
    dataset = factory.make_dataset()
    Dataset.objects.update(state=Dataset.State.REGISTERING)
    with pytest.raises(DatasetNotReady):
        planning.plan_release(dataset_id=dataset.id, price_units=5)


def test_nothing_is_planned_while_the_market_is_halted(halted):
    dataset = factory.make_dataset()
    with pytest.raises(MarketHalted):
        planning.plan_release(dataset_id=dataset.id, price_units=5)
    assert not Release.objects.exists()


def test_it_says_so_when_there_is_no_dataset():
    with pytest.raises(NoSuchDataset):
        planning.plan_release(dataset_id=uuid4(), price_units=5)

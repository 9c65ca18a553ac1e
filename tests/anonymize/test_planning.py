"""A release is planned only when its dataset can bear it."""

from uuid import uuid4

import pytest

from anonymize import cohorts, planning
from anonymize.errors import (
    BuildUnderWay,
    DatasetBudgetExhausted,
    DatasetNotReady,
    NoSuchDataset,
)
from anonymize.models import Dataset, Release
from chain.errors import MarketHalted
from tests.anonymize import crowd
from tests.factories import anonymize as factory
from tests.factories import keys
from tests.factories import registry as registry_factory
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


@pytest.fixture
def sold(monkeypatch):
    """A published release whose cohort still stands."""
    crowd.all_consent(monkeypatch)
    registry_factory.make_driver()
    dataset = factory.make_dataset()
    addresses = [one.consent_address for one in crowd.willing()]
    return factory.make_release(
        dataset,
        state=Release.State.PUBLISHED,
        question_sha256=cohorts.question_sha256(dataset, addresses),
    )


def test_the_same_question_to_the_same_people_has_its_answer_already(sold):
    again = planning.plan_release(dataset_id=sold.dataset_id, price_units=9)
    assert (again.id, again.price_units) == (sold.id, sold.price_units)
    assert not WorkRow.objects.exists()


def test_an_answer_that_is_sold_again_needs_no_budget(sold):
    Dataset.objects.update(rho_cap_micro=100_000)
    assert planning.plan_release(dataset_id=sold.dataset_id, price_units=9).id == sold.id


def test_another_cohort_is_another_question(sold):
    registry_factory.make_driver("newcomer", keys.OTHER_DRIVER)
    again = planning.plan_release(dataset_id=sold.dataset_id, price_units=9)
    assert (again.state, WorkRow.objects.count()) == (Release.State.PLANNED, 1)


def test_other_windows_are_another_question():
    june, july = (factory.make_dataset(windows=[window]) for window in ("2018-06", "2018-07"))
    digests = {cohorts.question_sha256(dataset, ["0x1"]) for dataset in (june, july)}
    assert len(digests) == 2


def test_the_door_tells_an_answer_from_a_plan_by_its_status(sold, as_admin):
    response = as_admin.post(
        "/api/v1/releases",
        {"dataset_id": str(sold.dataset_id), "price_units": 9},
        format="json",
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert (response.status_code, response.data["state"]) == (200, "published")
    assert response.data["id"] == str(sold.id)


def test_it_says_so_when_there_is_no_dataset():
    with pytest.raises(NoSuchDataset):
        planning.plan_release(dataset_id=uuid4(), price_units=5)

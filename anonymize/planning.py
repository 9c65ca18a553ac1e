"""Ask for a release: check the dataset's budget, queue the build."""

from uuid import UUID

from django.db import transaction

from anonymize import cohorts, selectors
from anonymize.errors import BuildUnderWay, DatasetBudgetExhausted, DatasetNotReady, NoSuchDataset
from anonymize.models import Dataset, Release
from chain import standing
from work import asking

UNDER_WAY = [
    Release.State.PLANNED,
    Release.State.CHARGED,
    Release.State.DRAWING,
    Release.State.DRAWN,
    Release.State.PUBLISHING,
]


@transaction.atomic
def plan_release(*, dataset_id: UUID, price_units: int) -> Release:
    """Return a planned release whose build is queued, or the published one that answers this.

    price_units: what one license costs, token units. The same question to the same people in the
    same windows has its answer already: it is sold again, at its own price, and costs no driver
    anything. Only another cohort or other windows make a new release.

    Raises NoSuchDataset, DatasetNotReady, BuildUnderWay, DatasetBudgetExhausted, MarketHalted.
    """
    dataset = Dataset.objects.select_for_update().filter(id=dataset_id).first()
    if dataset is None:
        raise NoSuchDataset
    if dataset.state != Dataset.State.READY:
        raise DatasetNotReady
    if dataset.releases.filter(state__in=UNDER_WAY).exists():
        raise BuildUnderWay
    stored = _answer_to(dataset)
    if stored is not None:
        return stored
    standing.refuse_while_halted(may_not_know=True)
    asked = int(dataset.spec["rho_micro"])
    left = selectors.dataset_budget_left(dataset)
    if asked > left:
        raise DatasetBudgetExhausted(asked_rho_micro=asked, left_rho_micro=left)
    release = Release.objects.create(dataset=dataset, price_units=price_units, rho_micro=asked)
    asking.ask(task="anonymize.tasks.build_release", reference=str(release.id), queue="builder")
    return release


def _answer_to(dataset: Dataset) -> Release | None:
    if not dataset.releases.filter(state=Release.State.PUBLISHED).exists():
        return None
    addresses = [consent.consent_address for consent in cohorts.willing(dataset.id)]
    return cohorts.answered(dataset, cohorts.question_sha256(dataset, addresses))

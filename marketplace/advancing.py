"""Move every running campaign one step: ask drivers, build, settle, refund, or let it lapse."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from anonymize import planning
from common.errors import DomainError
from marketplace import gauging, refunding, requesting, settling
from marketplace.domain import campaigns
from marketplace.domain.campaigns import Step
from marketplace.models import Campaign
from marketplace.selectors import dataset_of, running_campaigns

logger = logging.getLogger(__name__)


def advance(*, at: datetime) -> int:
    """Do what is due for each campaign, and return for how many something was done.

    Two that do this at once do no harm: each campaign is locked while its step is done, and what
    is sent to the chain has a name that can be used once.
    """
    rows = running_campaigns().values_list("id", flat=True)
    return sum(_move(campaign_id, at) for campaign_id in list(rows))


def _move(campaign_id: UUID, at: datetime) -> bool:
    try:
        with transaction.atomic():
            rows = Campaign.objects.select_for_update(of=("self",))
            row = rows.select_related("request__dataset").get(id=campaign_id)
            step = campaigns.next_step(at, gauging.standing_of(row))
            _ACTS[step](row, at)
    except DomainError as error:  # one that cannot move now must not hold up the others
        logger.warning("campaign_stands id=%s code=%s", campaign_id, error.code)
        return False
    return step != Step.WAIT


def _wait(_row: Campaign, _at: datetime) -> None:
    """Leave it as it is."""


def _lapse(row: Campaign, _at: datetime) -> None:
    row.state = Campaign.State.LAPSED
    row.save(update_fields=["state"])


def _ask_drivers(row: Campaign, at: datetime) -> None:
    requesting.put_to_drivers(row.request, at)


def _build(row: Campaign, _at: datetime) -> None:
    planning.plan_release(
        dataset_id=dataset_of(row.request).id, price_units=row.request.price_units
    )


def _settle(row: Campaign, _at: datetime) -> None:
    release = gauging.answer_of(row)
    if release is not None:
        settling.settle(row, release)


def _refund(row: Campaign, _at: datetime) -> None:
    refunding.refund(row)


_ACTS: Mapping[Step, Callable[[Campaign, datetime], None]] = {
    Step.WAIT: _wait,
    Step.LAPSE: _lapse,
    Step.ASK_DRIVERS: _ask_drivers,
    Step.BUILD: _build,
    Step.SETTLE: _settle,
    Step.REFUND: _refund,
}

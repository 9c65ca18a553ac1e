"""Gauge where a campaign stands: its money, its consents, its release."""

from datetime import datetime

from django.db.models import QuerySet

from anonymize.models import Dataset, Release
from anonymize.planning import UNDER_WAY
from consent import selectors as consents
from consent.models import Consent, Offer
from marketplace.domain import campaigns
from marketplace.domain.campaigns import Bounty, Standing
from marketplace.models import Campaign
from protocol.ids import to_bytes32


def standing_of(row: Campaign) -> Standing:
    """Return everything that decides what comes next for the campaign."""
    return Standing(
        state=row.state,
        deadline_at=row.deadline_at,
        threshold=row.threshold,
        consents=consents_of(row),
        on_its_way=row.on_its_way,
        is_offered=_offers(row).filter(state=Offer.State.OPEN).exists(),
        is_building=_releases(row).filter(state__in=UNDER_WAY).exists(),
        has_answer=answer_of(row) is not None,
        is_given_back=row.given_back_by_id is not None,
        not_before=row.not_before,
        build_not_before=_build_again_at(row),
    )


def phase_of(row: Campaign) -> str:
    """Return in one word where the campaign is."""
    return campaigns.phase(row.request.state, standing_of(row))


def is_fundable(row: Campaign) -> bool:
    """Tell whether the escrow would take the bounty now: approved, and the dataset on the chain."""
    dataset = row.request.dataset
    is_ready = dataset is not None and dataset.state == Dataset.State.READY
    return is_ready and row.state == Campaign.State.UNFUNDED


def consents_of(row: Campaign) -> int:
    """Return how many consents the chain has confirmed and that stand now."""
    if row.request.dataset_id is None:
        return 0
    return consents.counts(row.request.dataset_id)[Consent.State.ACTIVE]


def answer_of(row: Campaign) -> Release | None:
    """Return the oldest published release that the bounty pays for: enough drivers, low price."""
    published = _releases(row).filter(
        state=Release.State.PUBLISHED, price_units__lte=row.bounty_units
    )
    for release in published.order_by("published_at"):
        if _weight(release) >= row.threshold:
            return release
    return None


def bounty_of(row: Campaign) -> Bounty:
    """Return the bounty as the escrow must hold it."""
    return Bounty(
        funder=row.funder,
        recipient=row.recipient,
        dataset=to_bytes32(row.request.dataset_id) if row.request.dataset_id else b"",
        units=row.bounty_units,
        threshold=row.threshold,
        deadline=int(row.deadline_at.timestamp()),
    )


def _build_again_at(row: Campaign) -> datetime | None:
    """Return before when a build that failed is not tried again."""
    failed = _releases(row).filter(state__in=[Release.State.FAILED, Release.State.SPENT])
    newest = failed.order_by("-created_at").first()
    return newest.created_at + campaigns.pause_after(failed.count()) if newest else None


def _weight(release: Release) -> int:
    contributors = (release.manifest or {}).get("contributors", {})
    return int(contributors.get("total_weight", 0))


def _releases(row: Campaign) -> QuerySet[Release]:
    return Release.objects.filter(dataset__request=row.request_id)


def _offers(row: Campaign) -> QuerySet[Offer]:
    dataset_id = row.request.dataset_id
    return Offer.objects.filter(dataset_id=dataset_id) if dataset_id else Offer.objects.none()

"""Who may be asked, and whether the same was asked of the same people before."""

import hashlib
from collections.abc import Iterable
from uuid import UUID

from anonymize.models import Dataset, Release
from consent import selectors as consent
from consent.models import Consent
from protocol import canonical
from storage import selectors as storage
from storage.models import Upload


def willing(dataset_id: UUID) -> list[Consent]:
    """Return the consents that we believe stand, of drivers who have an upload; the chain decides.

    One per driver.
    """
    pinned = Upload.objects.filter(state__in=storage.PINNED_STATES)
    have = set(pinned.values_list("driver_id", flat=True).distinct())
    by_driver = {
        one.driver_id: one for one in consent.active_consents(dataset_id) if one.driver_id in have
    }
    return list(by_driver.values())


def question_sha256(dataset: Dataset, addresses: Iterable[str]) -> str:
    """Return the digest of a question and of whom it is asked: spec, windows, consent addresses.

    Prices and the times of uploads are no part of it.
    """
    asked = {"spec_sha256": dataset.spec_sha256, "addresses": sorted(addresses)}
    return hashlib.sha256(canonical.encode(asked)).hexdigest()


def answered(dataset: Dataset, question: str) -> Release | None:
    """Return the published release of the dataset that answers this question, the newest."""
    same = dataset.releases.filter(state=Release.State.PUBLISHED, question_sha256=question)
    return same.select_related("dataset", "sealed").order_by("-published_at").first()

"""Tell a driver which releases hold numbers of theirs, and what that cost in privacy."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from anonymize import selectors
from registry.models import Driver, Erasure
from registry.sections import tells
from registry.signals import Testimony, testifies_erasure


@tells("releases")
def releases(driver: Driver) -> Iterator[dict[str, Any]]:
    """Tell of every release that the driver contributed to, published or not."""
    for row in selectors.contributions_of(driver).iterator():
        release = row.release
        yield {
            "object": "contribution",
            "id": str(row.id),
            "release_id": str(release.id),
            "dataset_id": str(release.dataset_id),
            "title": release.dataset.title,
            "state": release.state,
            "consent_address": row.consent_address,
            "rho_micro": release.rho_micro,
            "windows": release.dataset.spec["windows"],
            "charged_at": release.charged_at,
            "published_at": release.published_at,
            "manifest_digest": release.manifest_digest or None,
        }


@tells("privacy_ledger")
def privacy_ledger(driver: Driver) -> Iterator[dict[str, Any]]:
    """Tell what was used of the driver's privacy, window by window."""
    yield from selectors.privacy_ledger(driver)


@testifies_erasure
def what_stays(erasure: Erasure) -> Testimony:
    """Registry door: name the published releases that cannot be called back.

    Which car a number came from is not kept, so a car's erasure names all of its driver's.
    """
    published = selectors.contributions_of(erasure.driver).filter(
        release__published_at__isnull=False
    )
    rows = [
        {
            "release_id": str(row.release_id),
            "title": row.release.dataset.title,
            "published_at": _stamp(row.release.published_at),
        }
        for row in published
    ]
    return Testimony(is_done=True, proof={"releases_that_stay": rows})


def _stamp(at: datetime | None) -> str | None:
    """Return RFC 3339 text: a proof is kept as JSON."""
    return at.isoformat().replace("+00:00", "Z") if at else None

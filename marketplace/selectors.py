"""Read the catalogue, requests and licenses."""

from uuid import UUID

from django.db.models import QuerySet

from anonymize import selectors as anonymize
from anonymize.models import Release
from marketplace.errors import NoSuchPurchase, NoSuchRequest
from marketplace.models import DataRequest, License, Purchase
from registry.models import Developer


def products() -> QuerySet[Release]:
    """Return what the catalogue lists: every published release, newest first."""
    return anonymize.published_releases().order_by("-published_at")


def product(release_id: UUID) -> Release:
    """Return one product. Raises NoSuchRelease."""
    return anonymize.published_release(release_id)


def requests_of(developer: Developer) -> QuerySet[DataRequest]:
    """Return the developer's requests, newest first."""
    return developer.requests.select_related("dataset").order_by("-created_at")


def request_of(*, request_id: UUID, developer: Developer | None) -> DataRequest:
    """Return one request; a developer sees own ones only, None means an admin asks.

    Raises NoSuchRequest.
    """
    rows = DataRequest.objects.select_related("developer", "dataset").filter(id=request_id)
    found = (rows if developer is None else rows.filter(developer=developer)).first()
    if found is None:
        raise NoSuchRequest
    return found


def review_queue() -> QuerySet[DataRequest]:
    """Return the requests that wait for an admin, oldest first."""
    waiting = DataRequest.objects.filter(state=DataRequest.State.IN_REVIEW)
    return waiting.select_related("developer").order_by("created_at")


def all_requests() -> QuerySet[DataRequest]:
    """Return every request, for admins."""
    return DataRequest.objects.select_related("developer", "dataset")


def licenses_of(developer: Developer) -> QuerySet[License]:
    """Return the developer's licenses, newest first."""
    return developer.licenses.select_related("release__dataset").order_by("-created_at")


def license_for(*, developer: Developer, release_id: UUID) -> License | None:
    """Return the developer's license of a release, if there is one."""
    return developer.licenses.filter(release_id=release_id).first()


def purchase_of(*, developer: Developer, purchase_id: UUID) -> Purchase:
    """Return one purchase of the developer. Raises NoSuchPurchase."""
    rows = Purchase.objects.select_related("quote__release")
    found = rows.filter(id=purchase_id, developer=developer).first()
    if found is None:
        raise NoSuchPurchase
    return found

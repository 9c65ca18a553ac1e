"""Read the catalogue, requests and licenses."""

from uuid import UUID

from django.db.models import QuerySet

from anonymize import selectors as anonymize
from anonymize.models import Dataset, Release
from marketplace.errors import CampaignNotOpen, NoCampaign, NoSuchPurchase, NoSuchRequest
from marketplace.models import Campaign, DataRequest, License, Purchase
from registry.models import Developer


def products() -> QuerySet[Release]:
    """Return what the catalogue lists: every published release, newest first."""
    return anonymize.published_releases().order_by("-published_at")


def product(release_id: UUID) -> Release:
    """Return one product. Raises NoSuchRelease."""
    return anonymize.published_release(release_id)


def requests_of(developer: Developer) -> QuerySet[DataRequest]:
    """Return the developer's requests, newest first."""
    rows = developer.requests.select_related("dataset", "campaign", "developer")
    return rows.order_by("-created_at")


def request_of(*, request_id: UUID, developer: Developer | None) -> DataRequest:
    """Return one request; a developer sees own ones only, None means an admin asks.

    Raises NoSuchRequest.
    """
    rows = all_requests().filter(id=request_id)
    found = (rows if developer is None else rows.filter(developer=developer)).first()
    if found is None:
        raise NoSuchRequest
    return found


def review_queue() -> QuerySet[DataRequest]:
    """Return the requests that wait for an admin, oldest first."""
    waiting = DataRequest.objects.filter(state=DataRequest.State.IN_REVIEW)
    return waiting.select_related("developer", "campaign").order_by("created_at")


def all_requests() -> QuerySet[DataRequest]:
    """Return every request, for admins."""
    return DataRequest.objects.select_related("developer", "dataset", "campaign")


def campaign_of(
    *, request_id: UUID, developer: Developer | None, is_locked: bool = False
) -> Campaign:
    """Return the campaign of a request; a developer sees own ones only, None means an admin asks.

    Raises NoSuchRequest, NoCampaign when it is a plain request.
    """
    request = request_of(request_id=request_id, developer=developer)
    rows = Campaign.objects.select_related("request__dataset", "request__developer")
    if is_locked:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(request=request).first()
    if found is None:
        raise NoCampaign
    return found


def campaigns_to_fund(developer: Developer) -> QuerySet[Campaign]:
    """Return the developer's approved campaigns that wait for their bounty."""
    waiting = running_campaigns().filter(state=Campaign.State.UNFUNDED)
    return waiting.filter(request__developer=developer).select_related("request")


def dataset_of(request: DataRequest) -> Dataset:
    """Return the dataset of an approved request. Raises CampaignNotOpen when it has none."""
    if request.dataset is None:
        raise CampaignNotOpen(state=request.state)
    return request.dataset


def running_campaigns() -> QuerySet[Campaign]:
    """Return the campaigns of approved requests that are neither settled, refunded nor lapsed."""
    running = [Campaign.State.UNFUNDED, Campaign.State.FUNDING, Campaign.State.FUNDED]
    return Campaign.objects.filter(
        state__in=running, request__state=DataRequest.State.APPROVED
    ).order_by("created_at")


def licenses_of(developer: Developer) -> QuerySet[License]:
    """Return the developer's licenses, newest first."""
    return developer.licenses.select_related("release__dataset").order_by("-created_at")


def license_of_campaign(request: DataRequest) -> License | None:
    """Return the license that a request's bounty bought, if it did."""
    bought = License.objects.filter(
        release__campaigns__request=request, developer=request.developer_id
    )
    return bought.first()


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

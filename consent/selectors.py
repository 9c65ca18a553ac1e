"""Read offers and consents."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now

from common.errors import NotFound
from consent.models import Consent, ConsentKey, Decline, Offer
from registry.models import Driver


def offers_to(driver: Driver, *, state: str, at: datetime) -> QuerySet[Offer]:
    """Return offers in a state; open ones are those that the driver can still answer."""
    is_open = Q(state=Offer.State.OPEN, answer_before__gt=at)
    if state == Offer.State.OPEN:
        return Offer.objects.filter(is_open).exclude(declines__driver=driver)
    return Offer.objects.exclude(is_open)


def offer(offer_id: UUID) -> Offer:
    """Return the offer. Raises NotFound."""
    found = Offer.objects.filter(id=offer_id).first()
    if found is None:
        raise NotFound
    return found


def answer_to(offer: Offer, driver: Driver) -> Consent | Decline | None:
    """Return the driver's latest consent to this offer, else the decline, else None."""
    consent = Consent.objects.filter(offer=offer, driver=driver).order_by("-created_at").first()
    return consent or Decline.objects.filter(offer=offer, driver=driver).first()


def consents_of(
    driver: Driver, *, state: str | None = None, at: datetime | None = None
) -> QuerySet[Consent]:
    """Return the driver's consents with their offers; only those in a state at `at`, if asked."""
    rows = Consent.objects.filter(driver=driver).select_related("offer")
    rows = rows.prefetch_related("renewals")
    if state is None or at is None:
        return rows
    is_over = Q(state__in=(Consent.State.SIGNED, Consent.State.ACTIVE), expires_at__lte=at)
    if state == Consent.State.EXPIRED:
        return rows.filter(Q(state=state) | is_over)
    return rows.filter(state=state).exclude(is_over)


def consent_of(*, driver: Driver, consent_id: UUID) -> Consent:
    """Return the driver's consent. Raises NotFound when there is none or it is another's."""
    found = consents_of(driver).filter(id=consent_id).first()
    if found is None:
        raise NotFound
    return found


def lock(consent: Consent) -> None:
    """Read the consent anew and hold it until the transaction ends.

    What the chain says and what its driver asks for must not write past each other.

    Raises NotFound when it is gone.
    """
    try:
        consent.refresh_from_db(from_queryset=Consent.objects.select_for_update())
    except Consent.DoesNotExist as error:
        raise NotFound from error


def active_consents(dataset_id: UUID) -> QuerySet[Consent]:
    """Return the consents that we believe stand now, one per driver and offer, by address.

    Before data is used, `confirming.confirmed` asks the chain, which is the authority.
    """
    return (
        Consent.objects.filter(offer__dataset_id=dataset_id, state=Consent.State.ACTIVE)
        .filter(expires_at__gt=Now(), driver__erased_at=None)
        .select_related("offer", "driver")
        .order_by("consent_address")
    )


def counts(dataset_id: UUID) -> Mapping[str, int]:
    """Return how many consents to a dataset are in each state, and how many drivers declined."""
    of_dataset = Consent.objects.filter(offer__dataset_id=dataset_id)
    by_state = dict.fromkeys(Consent.State.values, 0)
    by_state.update(dict(of_dataset.values_list("state").annotate(Count("id"))))
    for state in (Consent.State.SIGNED, Consent.State.ACTIVE):
        over = of_dataset.filter(state=state, expires_at__lte=Now()).count()
        by_state[state] -= over
        by_state[Consent.State.EXPIRED] += over
    declined = Decline.objects.filter(offer__dataset_id=dataset_id).count()
    return {**by_state, "declined": declined}


def next_nonce(address: str, dataset_id: UUID) -> int:
    """Return the nonce of the next word of this address about this dataset, as far as we heard."""
    key = ConsentKey.objects.filter(address=address, dataset_id=dataset_id).first()
    return key.next_nonce if key else 0


def is_by_wallet(consent: Consent) -> bool:
    """Tell whether the driver's own wallet signs this consent, not a derived key."""
    keys = ConsentKey.objects.filter(address=consent.consent_address, is_wallet=True)
    return keys.filter(driver=consent.driver_id, dataset_id=consent.offer.dataset_id).exists()

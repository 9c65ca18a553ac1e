"""Open an offer to drivers, and close it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from consent.domain import terms
from consent.models import Offer


def open_offer(
    *,
    dataset_id: UUID,
    title: str,
    ask: str,
    buyer_name: str,
    is_accredited: bool,
    purposes: Sequence[str],
    signal_groups: Mapping[str, Sequence[str]],
    recipient_class: str,
    consent_expires_at: datetime,
    rho_micro: int,
    pay_low_units: int,
    pay_high_units: int,
    contributors_bps: int,
    drivers_needed: int,
    answer_before: datetime,
    builder_key_sha256: str,
    at: datetime | None = None,
) -> Offer:
    """Return an offer that drivers can answer from now on.

    signal_groups: `{"needed": [...], "optional": [...]}`. rho_micro: millionths of rho, the most
    that one release may cost. pay_*_units: token units per release. contributors_bps: the part of
    the price that contributors get, in basis points. builder_key_sha256: 64 hex digits.
    at: now, from which the length of the consents is counted.

    Raises TermsUnfair when a rule for offers is broken.
    """
    needed = sorted(signal_groups.get("needed", ()))
    optional = sorted(set(signal_groups.get("optional", ())) - set(needed))
    terms.check_fair(
        needed=needed,
        purposes=purposes,
        lasts=consent_expires_at - (at or timezone.now()),
        contributors_bps=contributors_bps,
    )
    return Offer.objects.create(
        dataset_id=dataset_id,
        title=title,
        ask=ask,
        buyer_name=buyer_name,
        is_accredited=is_accredited,
        purposes=list(purposes),
        signal_groups={"needed": needed, "optional": optional},
        recipient_class=recipient_class,
        consent_expires_at=consent_expires_at.replace(microsecond=0),
        rho_micro=rho_micro,
        pay_low_units=pay_low_units,
        pay_high_units=pay_high_units,
        contributors_bps=contributors_bps,
        drivers_needed=drivers_needed,
        answer_before=answer_before,
        builder_key_sha256=builder_key_sha256,
    )


def reopen_offers(*, dataset_id: UUID) -> int:
    """Take answers again to what was asked about a dataset; returns how many offers there are."""
    return Offer.objects.filter(dataset_id=dataset_id).update(state=Offer.State.OPEN, ending="")


def close_offers(*, dataset_id: UUID, ending: str = "") -> None:
    """Take no more answers about a dataset; consents that stand are not touched.

    ending: how a campaign ended, for drivers to read; see `Offer.Ending`.
    """
    Offer.objects.filter(dataset_id=dataset_id).update(state=Offer.State.CLOSED, ending=ending)


def close_offer(*, offer: Offer) -> None:
    """Take no more answers to this offer; consents that stand are not touched."""
    Offer.objects.filter(id=offer.id).update(state=Offer.State.CLOSED)

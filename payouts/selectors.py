"""Read what drivers earned, took and can take."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import BigIntegerField, F, QuerySet, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from common.errors import NotFound
from payouts.models import Claim, Pool, Share
from registry.models import Driver

CLAIMABLE = "claimable"
CLAIMED = "claimed"

_ROWS_AT_ONCE = 2_000


@dataclass(frozen=True)
class Sums:
    """What shares come to, in token units: earned is claimed plus claimable."""

    earned_units: int
    claimed_units: int

    @property
    def claimable_units(self) -> int:
        """What is owed and not yet taken."""
        return self.earned_units - self.claimed_units


def payouts_of(driver: Driver, *, state: str | None = None) -> QuerySet[Share]:
    """Return the driver's shares with their pools.

    state: "claimable" for those that something is owed on, "claimed" for those taken in full.
    """
    rows = Share.objects.filter(driver=driver).select_related("pool")
    rows = rows.alias(earned=_earned())
    if state == CLAIMABLE:
        return rows.filter(earned__gt=F("claimed_units"))
    if state == CLAIMED:
        return rows.filter(earned=F("claimed_units"), claimed_units__gt=0)
    return rows


def sums_of(driver: Driver) -> Sums:
    """Return what all shares of the driver come to."""
    rows = Share.objects.filter(driver=driver)
    total = rows.aggregate(
        earned=Coalesce(Sum(_earned()), 0, output_field=BigIntegerField()),
        claimed=Coalesce(Sum("claimed_units"), 0, output_field=BigIntegerField()),
    )
    return Sums(earned_units=total["earned"], claimed_units=total["claimed"])


def pool_of(release_id: UUID) -> Pool:
    """Return the release's pool. Raises NotFound."""
    found = Pool.objects.filter(release_id=release_id).first()
    if found is None:
        raise NotFound
    return found


def contributors_of(pool: Pool) -> Iterator[tuple[str, int, int]]:
    """Yield consent address, start and weight of every share, in the order of the leaves."""
    rows = pool.shares.order_by("start").values_list("consent_address", "start", "weight")
    return rows.iterator(chunk_size=_ROWS_AT_ONCE)


def claims_of(driver: Driver) -> QuerySet[Claim]:
    """Return the driver's claims."""
    return Claim.objects.filter(driver=driver)


def claim_of(*, driver: Driver, claim_id: UUID) -> Claim:
    """Return the driver's claim. Raises NotFound when there is none or it is another's."""
    found = claims_of(driver).filter(id=claim_id).first()
    if found is None:
        raise NotFound
    return found


def _earned() -> Combinable:
    return F("pool__sales") * F("per_sale_units")

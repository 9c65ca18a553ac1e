"""Open the pool of a release: who contributed, and the root under which each can claim."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from payouts.domain.leaves import Leaves, leaves_of
from payouts.errors import PoolDiffers
from payouts.models import Pool, Sale, Share
from registry.models import Driver


@transaction.atomic
def open_pool(
    *,
    release_id: UUID,
    dataset_id: UUID,
    title: str,
    addresses: Sequence[tuple[str, Driver]],
    pool_per_sale_units: int,
) -> Pool:
    """Return the release's pool with one equal share per consent address.

    pool_per_sale_units: price less fee, in token units. Opening again gives the same pool.

    Raises AddressMalformed (InvalidInput); PoolDiffers (Conflict) when the release has a pool
    with another root or price.
    """
    leaves = leaves_of(
        [address for address, _ in addresses], pool_per_sale_units=pool_per_sale_units
    )
    pool, is_new = Pool.objects.get_or_create(
        release_id=release_id,
        defaults={
            "dataset_id": dataset_id,
            "title": title,
            "root": leaves.root,
            "total_weight": leaves.total_weight,
            "pool_per_sale_units": pool_per_sale_units,
            "sales": Sale.objects.filter(release_id=release_id).count(),
        },
    )
    if (pool.root, pool.pool_per_sale_units) != (leaves.root, pool_per_sale_units):
        raise PoolDiffers(release_id=release_id)
    if is_new:
        _write_shares(pool, leaves, dict(addresses))
    return pool


def _write_shares(pool: Pool, leaves: Leaves, drivers: dict[str, Driver]) -> None:
    Share.objects.bulk_create(
        Share(
            pool=pool,
            driver=drivers[leaf.address],
            consent_address=leaf.address,
            start=leaf.start,
            weight=leaf.weight,
            per_sale_units=leaf.per_sale_units,
            proof=leaf.proof,
        )
        for leaf in leaves.leaves
    )

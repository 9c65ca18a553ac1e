"""Opening the pool of a release."""

from typing import Any

import pytest

from payouts import events, opening
from payouts.errors import PoolDiffers
from payouts.models import Pool

pytestmark = pytest.mark.django_db


def again(pool: Pool, **changes: Any) -> Pool:
    facts: dict[str, Any] = {
        "release_id": pool.release_id,
        "dataset_id": pool.dataset_id,
        "title": pool.title,
        "addresses": [(share.consent_address, share.driver) for share in pool.shares.all()],
        "pool_per_sale_units": pool.pool_per_sale_units,
    }
    return opening.open_pool(**{**facts, **changes})


def test_a_pool_has_one_share_per_key_side_by_side(pool):
    places = [(share.start, share.weight) for share in pool.shares.order_by("start")]
    assert places == [(0, 1), (1, 1), (2, 1)]
    assert pool.total_weight == 3
    assert sum(share.per_sale_units for share in pool.shares.all()) == pool.pool_per_sale_units


def test_opening_again_gives_the_same_pool(pool):
    assert again(pool) == pool
    assert pool.shares.count() == 3


def test_a_root_that_was_fixed_does_not_change(pool):
    fewer = [(share.consent_address, share.driver) for share in pool.shares.all()[:2]]
    with pytest.raises(PoolDiffers):
        again(pool, addresses=fewer)
    with pytest.raises(PoolDiffers):
        again(pool, pool_per_sale_units=1)


def test_a_sale_heard_before_the_pool_was_opened_counts(pool, bought):
    shares = [(share.consent_address, share.driver) for share in pool.shares.all()]
    pool.shares.all().delete()
    Pool.objects.all().delete()
    events.bought(bought(pool))
    assert again(pool, addresses=shares).sales == 1

"""Say where pools and shares differ from the sales and payments that the chain told of."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Count, Max, Sum

from chain.comparing import compares
from payouts.models import Payment, Pool, Sale, Share

_NOTHING = (0, 0)


@compares("payouts")
def differences() -> Iterator[str]:
    """Yield a line for each pool with another count of sales, and each share paid otherwise."""
    sold = dict(Sale.objects.values_list("release_id").annotate(Count("id")))
    for pool in Pool.objects.all():
        if pool.sales != sold.get(pool.release_id, 0):
            yield f"pool of {pool.release_id} counts {pool.sales} sales"
    paid = _paid()
    for share in Share.objects.select_related("pool").defer("proof"):
        said = paid.get((share.pool.release_id, share.consent_address), _NOTHING)
        if (share.claimed_units, share.claimed_sales) != said:
            yield f"share {share.id} has taken {share.claimed_units} units, and {said[0]} were paid"


def _paid() -> dict[tuple[UUID, str], tuple[int, int]]:
    rows = Payment.objects.values("release_id", "address")
    return {
        (row["release_id"], row["address"]): (row["units"], row["most"])
        for row in rows.annotate(units=Sum("amount_units"), most=Max("sales"))
    }

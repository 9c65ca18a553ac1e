"""Say where licenses differ from the sales that the chain told of."""

from collections.abc import Iterator

from anonymize.models import Release
from chain.comparing import compares
from marketplace.models import License
from payouts.models import Sale


@compares("marketplace")
def differences() -> Iterator[str]:
    """Yield a line for each license without its sale, and each sale without its license."""
    licensed = set(License.objects.values_list("release_id", "recipient"))
    sold = Sale.objects.filter(release_id__in=Release.objects.values("id"))
    bought = set(sold.values_list("release_id", "recipient"))
    for release_id, recipient in sorted(licensed - bought):
        yield f"{recipient} has a license to {release_id}, and the chain sold none"
    for release_id, recipient in sorted(bought - licensed):
        yield f"{recipient} bought {release_id}, and has no license"

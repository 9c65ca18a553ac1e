"""Say who a developer was found to be."""

from datetime import datetime

from django.db import transaction

from audit import trail
from registry import licensing
from registry.models import Developer


@transaction.atomic
def decide(
    *,
    developer: Developer,
    standing: str,
    reason: str,
    admin: str,
    at: datetime,
    wallet: str = "",
) -> Developer:
    """Return the developer with the standing an admin gave, and why, in the trail.

    wallet: checksum address that gets a licence token with the accreditation; none without it.
    A refusal takes a token back.

    Raises WalletTaken.
    """
    developer.standing, developer.standing_reason = standing, reason
    developer.save(update_fields=["standing", "standing_reason"])
    if standing == Developer.Standing.REFUSED:
        licensing.take_back(developer=developer)
    elif wallet:
        licensing.give(developer=developer, wallet=wallet)
    trail.record(
        actor=f"admin:{admin}",
        act="developer_standing",
        subject=f"developer:{developer.id}",
        facts={"standing": standing, "reason": reason, **({"wallet": wallet} if wallet else {})},
        at=at,
    )
    return developer

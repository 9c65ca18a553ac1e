"""Say who a developer was found to be."""

from datetime import datetime

from django.db import transaction

from audit import trail
from registry.models import Developer


@transaction.atomic
def decide(
    *, developer: Developer, standing: str, reason: str, admin: str, at: datetime
) -> Developer:
    """Return the developer with the standing an admin gave, and why, in the trail."""
    developer.standing, developer.standing_reason = standing, reason
    developer.save(update_fields=["standing", "standing_reason"])
    trail.record(
        actor=f"admin:{admin}",
        act="developer_standing",
        subject=f"developer:{developer.id}",
        facts={"standing": standing, "reason": reason},
        at=at,
    )
    return developer

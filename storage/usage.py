"""How much is stored, in which state, and what the last look at every place found."""

from dataclasses import dataclass

from django.db.models import Count, Sum

from storage import targets
from storage.models import PinAudit, SealedObject


@dataclass(frozen=True)
class Usage:
    """Objects in one state. size_bytes: of the ciphertext, of all of them together."""

    state: str
    objects: int
    size_bytes: int


def by_state() -> list[Usage]:
    """Return how much is stored, a row for each state."""
    rows = SealedObject.objects.values("state").annotate(n=Count("id"), size=Sum("size_bytes"))
    return [Usage(row["state"], row["n"], row["size"]) for row in rows.order_by("state")]


def last_audits() -> list[PinAudit]:
    """Return the newest audit of every place that is used today, our own node first."""
    newest = (
        PinAudit.objects.filter(target=target.name).order_by("-created_at").first()
        for target in targets.everywhere()
    )
    return [row for row in newest if row is not None]

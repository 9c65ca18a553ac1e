"""Read the state of the work list."""

from collections.abc import Mapping

from django.db.models import Count, QuerySet

from work.models import WorkRow


def counts_by_state() -> Mapping[str, int]:
    """Return how many rows are open, done and stuck."""
    rows = WorkRow.objects.values_list("state").annotate(Count("id"))
    return dict(rows)


def stuck_rows() -> QuerySet[WorkRow]:
    """Return the rows that a person must look at, oldest first."""
    return WorkRow.objects.filter(state=WorkRow.State.STUCK).order_by("created_at")

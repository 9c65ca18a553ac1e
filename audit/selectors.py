"""Read what the trail says about some subjects."""

from collections.abc import Iterable, Mapping

from audit.models import AuditLine


def times(subjects: Iterable[str], *, act: str) -> Mapping[str, list[str]]:
    """Return when an act was done to each of these subjects, oldest first; one question for all."""
    lines = AuditLine.objects.filter(subject__in=list(subjects), act=act).order_by("number")
    found: dict[str, list[str]] = {}
    for subject, at in lines.values_list("subject", "at"):
        found.setdefault(subject, []).append(at)
    return found

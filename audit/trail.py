"""Write down what somebody did, and check that nothing was altered since."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone

from audit.domain import hash_chain
from audit.domain.hash_chain import Fact, Line, Sealed
from audit.models import AuditHead, AuditLine


@transaction.atomic
def record(
    *, actor: str, act: str, subject: str, facts: Mapping[str, Fact], at: datetime | None = None
) -> AuditLine:
    """Return the line just written, in the caller's transaction.

    facts: whole numbers, texts, booleans; no personal data, no keys, no values of signals.
    """
    head, _ = AuditHead.objects.select_for_update().get_or_create(
        id=1, defaults={"digest": hash_chain.START}
    )
    when = (at or timezone.now()).astimezone(UTC).isoformat()
    line = Line(head.number + 1, when, actor, act, subject, dict(facts))
    return _write(head, Sealed(line, head.digest, hash_chain.digest_of(line, head.digest)))


def first_broken() -> int | None:
    """Return the number of the first line that was altered or is missing, or None."""
    head = AuditHead.objects.filter(id=1).first()
    return hash_chain.first_broken(
        _lines(),
        head_number=head.number if head else 0,
        head_digest=head.digest if head else hash_chain.START,
    )


def _write(head: AuditHead, sealed: Sealed) -> AuditLine:
    line = sealed.line
    row = AuditLine.objects.create(
        number=line.number,
        at=line.at,
        actor=line.actor,
        act=line.act,
        subject=line.subject,
        facts=dict(line.facts),
        previous=sealed.previous,
        digest=sealed.digest,
    )
    head.number, head.digest = line.number, sealed.digest
    head.save(update_fields=["number", "digest"])
    return row


def _lines() -> Iterator[Sealed]:
    for row in AuditLine.objects.order_by("number").iterator():
        line = Line(row.number, row.at, row.actor, row.act, row.subject, row.facts)
        yield Sealed(line, row.previous, row.digest)

"""Chain doors: a word of consent stands, left the chain, or will never get there."""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from chain.domain.calls import EventRecord
from chain.subscriptions import on_event, on_events, on_failure, on_forget, on_undone
from consent import crowds, facts, recording, recording_renewals
from consent.crowds import Grant
from consent.words import Word
from protocol import ids
from protocol.errors import ProtocolError

logger = logging.getLogger(__name__)

CONTRACT = "ConsentRegistry"

Record = Callable[[Word], None]


for _name in facts.KINDS:
    on_events(CONTRACT, _name)(facts.write)
on_forget(facts.forget)


@on_events(CONTRACT, "Granted")
def all_granted(records: Sequence[EventRecord]) -> None:
    """Chain door: grants stand on the chain, perhaps a crowd of them."""
    for grant in crowds.record_grants([one for record in records for one in _grants_in(record)]):
        _record(grant)


def granted(record: EventRecord) -> None:
    """Record one grant, as `all_granted` does."""
    all_granted([record])


@on_event(CONTRACT, "Revoked")
def revoked(record: EventRecord) -> None:
    """Chain door: a revocation stands on the chain."""
    _tell(record, lambda word: recording.record_revocation(word=word))


@on_event(CONTRACT, "Renewed")
def renewed(record: EventRecord) -> None:
    """Chain door: a renewal stands on the chain."""
    _tell(
        record,
        lambda word: recording_renewals.record_renewal(word=word, expiry=record.args["expiry"]),
    )


@on_undone(CONTRACT, "Granted")
def grant_undone(record: EventRecord) -> None:
    """Chain door: the block of a grant left the chain."""
    _tell(record, lambda word: recording.undo_grant(word=word))


@on_undone(CONTRACT, "Revoked")
def revocation_undone(record: EventRecord) -> None:
    """Chain door: the block of a revocation left the chain."""
    _tell(record, lambda word: recording.undo_revocation(word=word))


@on_undone(CONTRACT, "Renewed")
def renewal_undone(record: EventRecord) -> None:
    """Chain door: the block of a renewal left the chain."""
    _tell(record, lambda word: recording_renewals.undo_renewal(word=word))


# A Skipped event is not listened to: anyone can make the contract say it about anybody. The
# outbox knows which of our own items was skipped, and says so here.
@on_failure("consent.grant:")
def grant_failed(reference: str, reason: str) -> None:
    """Chain door: our grant was skipped or refused for good."""
    recording.record_grant_failure(consent_id=_id_in(reference), reason=reason)


@on_failure("consent.renew:")
def renewal_failed(reference: str, reason: str) -> None:
    """Chain door: our renewal was skipped or refused for good."""
    recording_renewals.record_renewal_failure(renewal_id=_id_in(reference), reason=reason)


@on_failure("consent.revoke:")
def revocation_failed(reference: str, reason: str) -> None:
    """Chain door: our revocation was skipped or refused for good."""
    recording.record_revocation_failure(
        consent_id=_id_in(reference), reference=reference, reason=reason
    )


def _record(grant: Grant) -> None:
    recording.record_grant(
        word=grant.word,
        terms_digest=grant.terms_digest,
        expiry=int(grant.ends_at.timestamp()),
    )


def _id_in(reference: str) -> UUID:
    return UUID(reference.partition(":")[2].partition(".")[0])


def _grants_in(record: EventRecord) -> list[Grant]:
    word = _word_in(record)
    if word is None:
        return []
    ends_at = datetime.fromtimestamp(record.args["expiry"], UTC)
    return [Grant(word=word, terms_digest=record.args["terms"], ends_at=ends_at)]


def _tell(record: EventRecord, act: Record) -> None:
    word = _word_in(record)
    if word is not None:
        act(word)


def _word_in(record: EventRecord) -> Word | None:
    try:
        dataset_id = ids.from_bytes32(record.args["dataset"])
    except ProtocolError:
        logger.info("foreign_dataset block=%s", record.block_number)
        return None
    return Word(
        address=record.args["driver"],
        dataset_id=dataset_id,
        nonce=record.args["nonce"],
        at=record.block_at,
        block_number=record.block_number,
        tx_hash=record.tx_hash,
    )

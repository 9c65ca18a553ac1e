"""Chain doors: a grant or a revocation stands, left the chain, or will never get there."""

import logging
from collections.abc import Callable
from uuid import UUID

from chain.domain.calls import EventRecord
from chain.subscriptions import on_event, on_failure, on_undone
from consent import recording
from consent.recording import Word
from protocol import ids
from protocol.errors import ProtocolError

logger = logging.getLogger(__name__)

CONTRACT = "ConsentRegistry"

Record = Callable[[Word], None]


@on_event(CONTRACT, "Granted")
def granted(record: EventRecord) -> None:
    """Chain door: a grant stands on the chain."""
    _tell(
        record,
        lambda word: recording.record_grant(
            word=word, terms_digest=record.args["terms"], expiry=record.args["expiry"]
        ),
    )


@on_event(CONTRACT, "Revoked")
def revoked(record: EventRecord) -> None:
    """Chain door: a revocation stands on the chain."""
    _tell(record, lambda word: recording.record_revocation(word=word))


@on_undone(CONTRACT, "Granted")
def grant_undone(record: EventRecord) -> None:
    """Chain door: the block of a grant left the chain."""
    _tell(record, lambda word: recording.undo_grant(word=word))


@on_undone(CONTRACT, "Revoked")
def revocation_undone(record: EventRecord) -> None:
    """Chain door: the block of a revocation left the chain."""
    _tell(record, lambda word: recording.undo_revocation(word=word))


# A Skipped event is not listened to: anyone can make the contract say it about anybody. The
# outbox knows which of our own items was skipped, and says so here.
@on_failure("consent.grant:")
def grant_failed(reference: str, reason: str) -> None:
    """Chain door: our grant was skipped or refused for good."""
    recording.record_grant_failure(consent_id=_id_in(reference), reason=reason)


@on_failure("consent.revoke:")
def revocation_failed(reference: str, reason: str) -> None:
    """Chain door: our revocation was skipped or refused for good."""
    recording.record_revocation_failure(consent_id=_id_in(reference), reason=reason)


def _id_in(reference: str) -> UUID:
    return UUID(reference.partition(":")[2].partition(".")[0])


def _tell(record: EventRecord, act: Record) -> None:
    try:
        dataset_id = ids.from_bytes32(record.args["dataset"])
    except ProtocolError:
        logger.info("foreign_dataset block=%s", record.block_number)
        return
    act(
        Word(
            address=record.args["driver"],
            dataset_id=dataset_id,
            nonce=record.args["nonce"],
            at=record.block_at,
            block_number=record.block_number,
            tx_hash=record.tx_hash,
        )
    )

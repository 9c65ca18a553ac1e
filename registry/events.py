"""Chain doors: licence tokens given and taken back."""

from uuid import UUID

from chain.domain.calls import EventRecord
from chain.subscriptions import on_event, on_failure, on_undone
from registry import licensing

NOBODY = "0x" + "0" * 40


@on_event(licensing.CONTRACT, "Transfer")
def licence_moved(record: EventRecord) -> None:
    """Chain door: a licence token came to its wallet, or was taken back."""
    if record.args["sender"] == NOBODY:
        licensing.record_given(wallet=record.args["receiver"], tx_hash=record.tx_hash)
    else:
        licensing.record_taken(wallet=record.args["sender"], tx_hash=record.tx_hash)


@on_undone(licensing.CONTRACT, "Transfer")
def licence_move_undone(record: EventRecord) -> None:
    """Chain door: the block of such a move left the chain."""
    if record.args["sender"] == NOBODY:
        licensing.undo_given(wallet=record.args["receiver"], tx_hash=record.tx_hash)
    else:
        licensing.undo_taken(wallet=record.args["sender"], tx_hash=record.tx_hash)


@on_failure("registry.licence:")
def licence_refused(reference: str, reason: str) -> None:
    """Chain door: the contract refused to give a token or to take it back."""
    token_row_id = UUID(reference.partition(":")[2].partition(".")[0])
    licensing.record_refusal(token_row_id=token_row_id, reason=reason)

"""Refusals of the work room."""

from common.errors import Conflict, InvalidInput, noop


class LeaseLost(Conflict):
    """Another worker took the row over; what this one did must not be recorded."""

    code = "lease_lost"
    title = noop("Another worker has taken this over")
    detail = noop("Another worker has taken this over.")


class IdempotencyKeyReused(InvalidInput):
    """The same key came with another body."""

    code = "idempotency_key_reused"
    title = noop("This Idempotency-Key was used for another request")
    detail = noop("Use a new Idempotency-Key for a request that differs from the first one.")


class IdempotencyKeyMissing(InvalidInput):
    """An act that moves money or makes a row wants a key."""

    code = "idempotency_key_missing"
    title = noop("An Idempotency-Key is needed")
    detail = noop("Send a header Idempotency-Key with a UUID of your own, so that you can retry.")

"""What may follow what in the life of a consent."""

from datetime import datetime

DRAFT = "draft"
SIGNED = "signed"
ACTIVE = "active"
REVOKING = "revoking"
REVOKED = "revoked"
EXPIRED = "expired"
FAILED = "failed"

LIVING = (DRAFT, SIGNED, ACTIVE, REVOKING)
"""A driver has at most one consent to an offer in these states."""

SAID = (SIGNED, ACTIVE, REVOKING)
"""The driver has given a word that has not been taken back on the chain."""


def state_at(state: str, expires_at: datetime, at: datetime) -> str:
    """Return the state as it stands at an instant: time alone ends a consent."""
    return EXPIRED if state in (SIGNED, ACTIVE) and at >= expires_at else state


def standing(*, is_signed: bool, is_granted: bool, is_stopping: bool) -> str:
    """Return the state of a consent that nothing has ended."""
    if is_stopping:
        return REVOKING
    if is_granted:
        return ACTIVE
    return SIGNED if is_signed else DRAFT

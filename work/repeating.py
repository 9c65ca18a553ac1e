"""Answer a repeated request with its first answer."""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction

from work.errors import IdempotencyKeyReused
from work.models import AnsweredRequest

Answer = tuple[int, Any]
"""HTTP status and JSON body."""


def answer_once(
    *, caller: str, path: str, key: str, body_sha256: str, act: Callable[[], Answer]
) -> tuple[Answer, bool]:
    """Return the answer to this request, and whether it is a replay.

    The key's row and the act commit together: a twin waits for the row and then replays; a
    refusal rolls both back, so it is never stored.

    Raises IdempotencyKeyReused when the key came with another body before.
    """
    try:
        with transaction.atomic():
            row = AnsweredRequest.objects.create(
                caller=caller, path=path, key=key, body_sha256=body_sha256
            )
            row.status, row.body = act()
            row.save(update_fields=["status", "body"])
            return (row.status, row.body), False
    except IntegrityError:
        first = AnsweredRequest.objects.filter(caller=caller, path=path, key=key).first()
        if first is None:
            raise  # the conflict was the act's own
    if first.body_sha256 != body_sha256:
        raise IdempotencyKeyReused
    return (first.status, first.body), True

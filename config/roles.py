"""What a process is for, and which private keys it may hold: another key ends it at its start."""

import sys
from collections.abc import Collection
from typing import Any, Final

from celery import signals
from django.conf import settings

BUILDER: Final = "builder"
SENDER: Final = "chain"
"""The queues of the two processes that have a key of their own."""


def refuse_foreign_keys(queues: Collection[str] = ()) -> None:
    """End this process when it holds a key that is not for the queues it serves.

    The web and the timetable serve none. Commands are not asked: rotating needs the builder's key.
    """
    held = {
        BUILDER: bool(settings.BUILDER_PRIVATE_KEY or settings.BUILDER_OLD_PRIVATE_KEYS),
        SENDER: bool(settings.CHAIN_SENDER_KEY),
    }
    for owner, is_held in held.items():
        if is_held and set(queues) != {owner}:
            served = ", ".join(sorted(queues)) or "none"
            sys.exit(
                f"This process holds the private key of the queue {owner!r}, and serves {served}:"
                " take the key out of its environment."
            )
    if held[BUILDER]:
        _refuse_unfit_key()


def _worker_starts(instance: Any, **_: object) -> None:
    refuse_foreign_keys(instance.app.amqp.queues.consume_from)


def _beat_starts(**_: object) -> None:
    refuse_foreign_keys()


def _refuse_unfit_key() -> None:
    from storage import checks  # noqa: PLC0415 - the models are loaded by now

    for problem in checks.builder_key_fits():
        sys.exit(f"{problem.id}: {problem.msg}")


signals.celeryd_after_setup.connect(_worker_starts)
signals.beat_init.connect(_beat_starts)

"""End a worker that hears nothing any more, so that its supervisor starts a fresh one."""

import logging
import os
import threading
import time

from celery import signals
from celery.worker import state

logger = logging.getLogger(__name__)

QUIET_S = 30.0
"""Every queue gets a wake-up at least every ten seconds; three missed ones are no accident."""

LOOK_EVERY_S = 5.0
EXIT_CODE = 75  # EX_TEMPFAIL of sysexits.h


class Ear:
    """When this worker last heard something, in seconds of a clock that only runs on."""

    def __init__(self) -> None:
        self.heard_at = time.monotonic()

    def hear(self, **_: object) -> None:
        """Note that a message came."""
        self.heard_at = time.monotonic()


_ear = Ear()
signals.task_received.connect(_ear.hear)


def is_deaf(*, heard_at: float, now: float, is_busy: bool) -> bool:
    """Tell whether an idle worker has heard nothing for too long.

    When the queue's server dies between a task's end and its acknowledgement, the message counts
    as outstanding for ever; with a prefetch of one the worker then stays up and takes no more.
    """
    return not is_busy and now - heard_at > QUIET_S


@signals.worker_ready.connect
def watch(**_: object) -> None:
    """Start watching, in the worker's main process only."""
    _ear.hear()
    threading.Thread(target=_watch, name="watching", daemon=True).start()


def _watch() -> None:
    while True:
        time.sleep(LOOK_EVERY_S)
        is_busy = bool(state.active_requests)
        if is_busy:
            _ear.hear()
        if is_deaf(heard_at=_ear.heard_at, now=time.monotonic(), is_busy=is_busy):
            logger.critical("worker_is_deaf quiet_s=%s", QUIET_S)
            os._exit(EXIT_CODE)

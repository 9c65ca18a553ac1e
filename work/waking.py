"""Send wake-ups through Celery; every one of them may be lost."""

import logging

from celery import current_app
from kombu.exceptions import OperationalError

from work.models import WorkRow

logger = logging.getLogger(__name__)

WAKE_EXPIRES_S = 60


def wake(row: WorkRow, *, after_s: float = 0) -> None:
    """Tell a worker that the row is due, or will be in a moment; without a broker the sweep does.

    after_s: at most some seconds, far below the broker's visibility timeout: a longer wait in the
    broker would be delivered more than once (kombu 337), and belongs into the row alone.
    """
    try:
        current_app.send_task(
            row.task,
            args=[row.reference],
            queue=row.queue,
            expires=WAKE_EXPIRES_S,
            retry=False,
            countdown=after_s or None,
        )
    except OperationalError:
        logger.warning("wake_up_lost task=%s", row.task)

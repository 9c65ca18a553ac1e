"""Send wake-ups through Celery; every one of them may be lost."""

import logging

from celery import current_app
from kombu.exceptions import OperationalError

from work.models import WorkRow

logger = logging.getLogger(__name__)

WAKE_EXPIRES_S = 60


def wake(row: WorkRow) -> None:
    """Tell a worker that the row is due. Without a broker the sweep will do it later."""
    try:
        current_app.send_task(
            row.task, args=[row.reference], queue=row.queue, expires=WAKE_EXPIRES_S, retry=False
        )
    except OperationalError:
        logger.warning("wake_up_lost task=%s", row.task)

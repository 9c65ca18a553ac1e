"""Queue door of the backups: replace the one copy of the keys as often as the settings say."""

import logging

from celery import shared_task
from django.conf import settings

from config import backups

logger = logging.getLogger(__name__)


@shared_task(name="config.tasks.copy_keys", ignore_result=True)
def copy_keys() -> None:
    """Timetable door: copy the keys when the copy is old. Safe to lose, to repeat, and to kill.

    There is no row for it in the work list: how old the copy is tells whether it is due.
    """
    if not settings.BACKUP_DIR:
        return
    count = backups.copy_keys_if_old(
        settings.BACKUP_DIR / backups.KEYS_FILE, every_s=settings.BACKUP_KEYS_EVERY_S
    )
    if count is not None:
        logger.info("keys_copied count=%s", count)

"""Queue doors of the work list."""

from celery import shared_task
from django.utils import timezone

from work import sweeping


@shared_task(ignore_result=True, expires=10)
def sweep() -> None:
    """Queue door: wake what is due."""
    sweeping.sweep(at=timezone.now())


@shared_task(ignore_result=True, expires=30)
def beat(queue: str) -> None:
    """Queue door: this queue is alive."""
    sweeping.beat(queue=queue, at=timezone.now())

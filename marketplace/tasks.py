"""Queue doors of the marketplace: campaigns move on."""

from celery import shared_task
from django.utils import timezone

from marketplace import advancing


@shared_task(ignore_result=True, expires=10)
def advance_campaigns() -> None:
    """Queue door: do what is due for each campaign. Safe to run twice, and beside itself."""
    advancing.advance(at=timezone.now())

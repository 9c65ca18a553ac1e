"""Slow down guessing: count failed sign-ins by handle and address."""

import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min, Q

from registry.errors import TooManyTries
from registry.models import SignInFailure

WINDOW = timedelta(minutes=15)
MOST_PER_HANDLE = 10
MOST_PER_ADDRESS = 100
"""One address may stand for a whole office; beyond this it is guessing handles."""

KEPT = timedelta(days=1)


def check(*, handle: str, address: str, at: datetime) -> None:
    """Raise TooManyTries when this handle and address, or the address, failed too often lately."""
    recent = SignInFailure.objects.filter(address=_digest(address), at__gt=at - WINDOW)
    seen = recent.aggregate(
        here=Count("id", filter=Q(handle=handle)), all=Count("id"), oldest=Min("at")
    )
    if seen["here"] >= MOST_PER_HANDLE or seen["all"] >= MOST_PER_ADDRESS:
        left = seen["oldest"] + WINDOW - at
        raise TooManyTries(wait_s=max(1, int(left.total_seconds())))


def note_failure(*, handle: str, address: str, at: datetime) -> None:
    """Remember a failure for a day."""
    SignInFailure.objects.filter(at__lt=at - KEPT).delete()
    SignInFailure.objects.create(handle=handle[:40], address=_digest(address), at=at)


def forget(*, handle: str) -> None:
    """Forget the failures of a handle: it was opened, or it is no more."""
    SignInFailure.objects.filter(handle=handle).delete()


def _digest(address: str) -> str:
    return hmac.digest(settings.SECRET_KEY.encode(), address.encode(), "sha256").hex()[:32]

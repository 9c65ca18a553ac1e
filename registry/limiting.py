"""Slow down guessing: count failed sign-ins by handle and address."""

import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min, Q

from registry.errors import TooManyTries
from registry.models import SignInFailure, WalletChallenge

WINDOW = timedelta(minutes=15)
MOST_PER_HANDLE = 10
MOST_PER_ADDRESS = 100
"""One address may stand for a whole office; beyond this it is guessing handles."""

MOST_CHALLENGES = 60
"""So many messages to sign may one address ask for in a window; signing in needs one."""

KEPT = timedelta(days=1)


def check(*, handle: str, address: str, at: datetime) -> None:
    """Raise TooManyTries when this handle and address, or the address, failed too often lately."""
    recent = SignInFailure.objects.filter(address=mark_of(address), at__gt=at - WINDOW)
    seen = recent.aggregate(
        here=Count("id", filter=Q(handle=handle)), all=Count("id"), oldest=Min("at")
    )
    if seen["here"] >= MOST_PER_HANDLE or seen["all"] >= MOST_PER_ADDRESS:
        left = seen["oldest"] + WINDOW - at
        raise TooManyTries(wait_s=max(1, int(left.total_seconds())))


def note_failure(*, handle: str, address: str, at: datetime) -> None:
    """Remember a failure for a day."""
    SignInFailure.objects.filter(at__lt=at - KEPT).delete()
    SignInFailure.objects.create(handle=handle[:40], address=mark_of(address), at=at)


def check_asking(*, address: str, at: datetime) -> None:
    """Raise TooManyTries when this address asked for very many messages to sign lately."""
    recent = WalletChallenge.objects.filter(asked_from=mark_of(address), created_at__gt=at - WINDOW)
    if recent.count() >= MOST_CHALLENGES:
        raise TooManyTries(wait_s=int(WINDOW.total_seconds()))


def forget(*, handle: str) -> None:
    """Forget the failures of a handle: it was opened, or it is no more."""
    SignInFailure.objects.filter(handle=handle).delete()


def mark_of(address: str) -> str:
    """Return what is kept of a network address: a keyed digest."""
    return hmac.digest(settings.SECRET_KEY.encode(), address.encode(), "sha256").hex()[:32]

"""Where somebody is signed in, and signing out from elsewhere."""

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet

from registry.errors import SessionNotFound
from registry.models import SignedIn

TOLD_FOR = timedelta(days=14)
"""As long as a session cookie lives: later nobody comes back with it."""


def begin(*, user: User, session_key: str, browser: str, at: datetime) -> None:
    """Remember a session that was just opened."""
    SignedIn.objects.create(
        user=user, session_key=session_key, browser=browser, last_seen_on=at.date(), created_at=at
    )


def note(*, user: User, session_key: str, browser: str, at: datetime) -> None:
    """Remember that this session is in use; called once a day for each."""
    SignedIn.objects.filter(user=user, created_at__lt=at - TOLD_FOR, ended_at=None).delete()
    facts = {"user": user, "last_seen_on": at.date()}
    if not SignedIn.objects.filter(session_key=session_key).update(**facts):
        SignedIn.objects.get_or_create(
            session_key=session_key, defaults={**facts, "browser": browser, "created_at": at}
        )


def living(user: User, *, at: datetime) -> QuerySet[SignedIn]:
    """Return where the user is signed in now."""
    keys = Session.objects.filter(expire_date__gt=at).values("session_key")
    return SignedIn.objects.filter(user=user, ended_at=None, session_key__in=keys)


@transaction.atomic
def sign_out(*, user: User, device_id: UUID, at: datetime) -> None:
    """End one session of the user's. Raises SessionNotFound."""
    rows = living(user, at=at).filter(id=device_id)
    if not _end(rows, why=SignedIn.Ended.ELSEWHERE, at=at):
        raise SessionNotFound


@transaction.atomic
def sign_out_everywhere(*, user: User, at: datetime, why: str = SignedIn.Ended.ELSEWHERE) -> None:
    """End every session of the user's at once, this one too.

    Sessions are bound to the user's password mark: a fresh one ends those that no row knows.
    """
    if not user.has_usable_password():
        user.set_unusable_password()
        user.save(update_fields=["password"])
    _end(SignedIn.objects.filter(user=user, ended_at=None), why=why, at=at)


def forget(*, session_key: str | None) -> None:
    """Forget a session that ends itself."""
    SignedIn.objects.filter(session_key=session_key or "").delete()


def forget_all(*, user: User) -> None:
    """Forget every session of somebody who leaves."""
    keys = SignedIn.objects.filter(user=user).values("session_key")
    Session.objects.filter(session_key__in=keys).delete()
    SignedIn.objects.filter(user=user).delete()


def ended(session_key: str) -> SignedIn | None:
    """Return the session behind an old cookie, when it was ended from elsewhere."""
    return SignedIn.objects.filter(session_key=session_key, ended_at__isnull=False).first()


def _end(rows: QuerySet[SignedIn], *, why: str, at: datetime) -> int:
    SignedIn.objects.filter(ended_at__lt=at - TOLD_FOR).delete()
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    return SignedIn.objects.filter(session_key__in=keys).update(ended_at=at, ended_why=why)

"""Who is asking: an API key, or a session with its CSRF token."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from registry.domain import api_keys
from registry.errors import CsrfMissing
from registry.models import ApiKey

LAST_USE_STEP = timedelta(minutes=1)
"""How exactly we remember when a key was last used; every request would be a write."""


class ApiKeyAuthentication(BaseAuthentication):
    """The header `Authorization: Bearer odo_test_...` names a key."""

    def authenticate(self, request: Request) -> tuple[Any, ApiKey] | None:
        """Return the key's user and the key, or None when no key was sent."""
        kind, _, text = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        key = _living_key(text.strip())
        if key is None or not key.developer.user.is_active:
            raise AuthenticationFailed
        _remember_use(key)
        return key.developer.user, key

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - DRF's signature
        """Return the challenge that makes a refusal a 401."""
        return "Bearer"


class SignedInAuthentication(SessionAuthentication):
    """The session cookie; every act but reading needs the CSRF token as well."""

    def enforce_csrf(self, request: Request) -> None:
        """Refuse an act without the token. Raises CsrfMissing."""
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            raise CsrfMissing from error

    def authenticate(self, request: Request) -> tuple[AbstractBaseUser, None] | None:
        """Return the signed-in user, or None."""
        return super().authenticate(request)


def _living_key(text: str) -> ApiKey | None:
    if not api_keys.is_well_formed(text):
        return None
    living = ApiKey.objects.filter(sha256=api_keys.digest_of(text), revoked_at__isnull=True)
    return living.select_related("developer__user").first()


def _remember_use(key: ApiKey) -> None:
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > LAST_USE_STEP:
        ApiKey.objects.filter(id=key.id).update(last_used_at=now)

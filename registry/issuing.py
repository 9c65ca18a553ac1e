"""Issue and revoke API keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from registry import selectors
from registry.domain import api_keys
from registry.errors import TooManyKeys
from registry.models import ApiKey, Developer

SCOPES: Final = ("catalogue", "requests", "purchases")
MOST_ALIVE: Final = 10


@transaction.atomic
def issue(*, developer: Developer, scopes: Sequence[str]) -> tuple[ApiKey, str]:
    """Return the new key's row and its text, which nobody can show again. Raises TooManyKeys."""
    Developer.objects.select_for_update().get(id=developer.id)
    if selectors.living_keys(developer).count() >= MOST_ALIVE:
        raise TooManyKeys(most=MOST_ALIVE)
    new = api_keys.make()
    row = ApiKey.objects.create(
        developer=developer, prefix=new.prefix, sha256=new.sha256, scopes=sorted(set(scopes))
    )
    return row, new.text


def revoke(*, key: ApiKey, at: datetime) -> None:
    """Make the key useless from now on."""
    ApiKey.objects.filter(id=key.id, revoked_at__isnull=True).update(revoked_at=at)

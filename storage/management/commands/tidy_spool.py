"""Drop spooled bytes that are pinned or erased: a crash can leave them behind."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand

from storage import spool
from storage.models import SealedObject


class Command(BaseCommand):
    """Safe to run at any time."""

    help = "Drop spooled bytes that are pinned or erased."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Walk the rows that need no spool and drop what they left."""
        settled = SealedObject.objects.exclude(state=SealedObject.State.KEPT)
        ids: set[UUID] = set(settled.values_list("id", flat=True))
        left = [path for path in settings.SPOOL_DIR.glob("*") if _id_of(path.name) in ids]
        for path in left:
            spool.drop(UUID(path.name))
        self.stdout.write(f"{len(left)} files dropped")


def _id_of(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None

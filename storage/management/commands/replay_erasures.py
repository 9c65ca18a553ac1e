"""Erase again what the chain says is erased, before anything is served after a restore."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import DomainError
from storage import replaying


class Command(BaseCommand):
    """Safe to run at any time, and twice."""

    help = "Erase again what the chain's tombstones say is erased. Run it after every restore."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Replay and say what was found alive. Raises CommandError without a node to ask."""
        try:
            found = replaying.replay()
        except DomainError as error:
            raise CommandError(f"nothing was replayed, serve nothing: {error}") from error
        self.stdout.write(
            f"{found.tombstones} tombstones stand; erased again: {found.uploads} uploads, "
            f"{found.vehicles} vehicles, {found.drivers} drivers"
        )

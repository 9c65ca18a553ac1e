"""Forget what was heard and hear it all again from the first block."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chain import indexing, turns
from common.errors import DomainError

PATIENCE_S = 90


class Command(BaseCommand):
    """Read all events again; the rooms' handlers bear to hear them twice."""

    help = "Read the whole chain again and tell every room what it says."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Rebuild as soon as no worker indexes; say how many events there were."""
        try:
            with turns.take("indexing", patience_s=PATIENCE_S) as turn:
                indexing.forget()
                heard = indexing.run(turn=turn)
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{heard} events")

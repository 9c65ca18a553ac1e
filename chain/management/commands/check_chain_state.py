"""Compare what the rooms believe with what the chain told them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chain import comparing, turns
from common.errors import DomainError

PATIENCE_S = 90


class Command(BaseCommand):
    """Print each difference; the exit code is 1 when there is one."""

    help = "Say where rows differ from the chain as it was heard; nothing is changed."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Compare while nobody indexes."""
        try:
            with turns.take("indexing", patience_s=PATIENCE_S):
                found = [f"{room}: {line}" for room, line in comparing.differences()]
        except DomainError as error:
            raise CommandError(str(error)) from error
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError(f"{len(found)} differences")
        self.stdout.write("the same")

"""Drop spooled bytes that nobody needs any more: a crash can leave them behind."""

from typing import Any

from django.core.management.base import BaseCommand

from storage import tidying


class Command(BaseCommand):
    """Safe to run at any time; every audit of the pins does the same."""

    help = "Drop spooled bytes that are pinned or erased, and uploads given up a week ago."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Tidy up and say how much there was."""
        self.stdout.write(f"{tidying.tidy()} files dropped")

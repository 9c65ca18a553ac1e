"""After the database was put back: erase again what the chain says, then load the keys."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import backups


class Command(BaseCommand):
    """Safe to run twice. Until it has run, nothing that was restored can be opened."""

    help = "Erase again what the chain says is erased, then load the keys of what is left."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the current copy of the keys."""
        parser.add_argument("keys", type=Path, help="keys.jsonl of the backup folder")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Replay first. Raises CommandError without a node or without the file."""
        call_command("replay_erasures", stdout=self.stdout)
        try:
            count = backups.restore_keys(options["keys"])
        except OSError as error:
            raise CommandError(f"no keys were loaded: {error}") from error
        builds = backups.begin_builds_again()
        self.stdout.write(f"{count} keys are back; {builds} builds begin again")

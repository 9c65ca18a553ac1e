"""Write a dated copy of the database, and replace the one copy of the keys beside it."""

import subprocess
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config import backups


class Command(BaseCommand):
    """Safe while everything runs."""

    help = (
        "Copy the database without keys, and the keys beside it. --keys-only replaces the latter."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the folder that holds all backups of this database."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--keys-only", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Back up and say where. Raises CommandError that says what is wrong."""
        folder: Path = options["folder"]
        try:
            if options["keys_only"]:
                count = backups.copy_keys(folder / "keys.jsonl")
                self.stdout.write(f"{count} keys in {folder / 'keys.jsonl'}")
            else:
                self.stdout.write(f"database in {backups.back_up(folder, at=timezone.now())}")
        except (OSError, subprocess.CalledProcessError) as error:
            raise CommandError(f"no backup was made: {error}") from error

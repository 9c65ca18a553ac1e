"""Check a consent receipt without network and database."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from consent.domain import receipt


class Command(BaseCommand):
    """`manage.py verify_receipt FILE`: say whether a receipt holds, and what is wrong if not."""

    help = "Check a consent receipt: its digest, its signed messages and both signatures."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the receipt's file."""
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read the file and tell. Raises CommandError when the receipt does not hold."""
        try:
            content = json.loads(options["file"].read_bytes())
        except (OSError, ValueError) as error:
            raise CommandError("this file is not a receipt") from error
        wrong = receipt.faults(content)
        if wrong:
            raise CommandError(f"the receipt does not hold: {', '.join(wrong)}")
        self.stdout.write("the receipt holds")

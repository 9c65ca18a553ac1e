"""List the digests of every script of ours, to be published and held against what is served."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from portal import scripts


class Command(BaseCommand):
    """Print the list, or write it beside the collected files."""

    help = "List the SHA-256 of every script that the site serves."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where the list goes."""
        parser.add_argument("--collected", action="store_true", help="beside the collected files")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print or write the list."""
        if options["collected"]:
            scripts.write(Path(settings.STATIC_ROOT))
        else:
            self.stdout.write(json.dumps(scripts.listed(), indent=1))

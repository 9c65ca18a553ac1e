"""Seal every data key anew to the builder's new key; run it where the builder's keys are."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from rich.progress import track

from storage import rotating


class Command(BaseCommand):
    """Exit 1 while a data key is left that only an old key opens, or none that is held."""

    help = "Seal every data key to the published builder key, with the old keys that are held."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Rotate, and tell what is left."""
        total = rotating.waiting().count()
        opened = sum(track(rotating.rotate(), total=total, description="Data keys"))
        coming, left = rotating.under_way(), rotating.waiting().count()
        self.stdout.write(
            f"{opened} sealed anew, {left} that no held key opens, "
            f"{coming} uploads on their way for an old key"
        )
        if left or coming:
            self.stdout.write("Keep the old keys, and run this again.")
            sys.exit(1)
        self.stdout.write("Nothing needs the old keys any more: destroy them.")

"""Compare what must be pinned with what the node pins, and pin again what it lost."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from common.errors import Unavailable
from storage import pinning
from storage.models import SealedObject


class Command(BaseCommand):
    """Exit 1 and name every object whose bytes the node no longer has."""

    help = "Pin again what the IPFS node should pin and does not."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Walk all pinned objects."""
        counts = {"whole": 0, "mended": 0, "lost": 0}
        for sealed in SealedObject.objects.filter(state=SealedObject.State.PINNED).iterator():
            counts[self._look_at(sealed)] += 1
        self.stdout.write(", ".join(f"{count} {name}" for name, count in counts.items()))
        if counts["lost"]:
            sys.exit(1)

    def _look_at(self, sealed: SealedObject) -> str:
        try:
            return "mended" if pinning.mend(sealed) else "whole"
        except Unavailable:
            self.stderr.write(f"object {sealed.id} {sealed.cid} is not on the node")
            return "lost"

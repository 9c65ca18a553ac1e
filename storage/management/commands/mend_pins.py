"""Compare what must be kept with what every place keeps, and mend what was lost."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from storage import pin_audit
from storage.models import PinAudit


class Command(BaseCommand):
    """Exit 1 when a place misses bytes that nobody has any more, or holds other ones."""

    help = "Look at every place that keeps sealed bytes, and mend what it lost."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print a line for each place."""
        rows = pin_audit.audit_now()
        for row in rows:
            self.stdout.write(_line(row))
        if any(row.lost or row.damaged or not row.is_reachable for row in rows):
            sys.exit(1)


def _line(row: PinAudit) -> str:
    if not row.is_reachable:
        return f"{row.target}: does not answer"
    return (
        f"{row.target}: {row.wanted} wanted, {row.held} held, {row.mended} mended, "
        f"{row.lost} lost, {row.damaged} damaged, {row.left_over} left over and dropped"
    )

"""Check the audit trail from its first line to its last."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from audit import trail
from audit.models import AuditLine


class Command(BaseCommand):
    """Exit 0 when every line follows from the one before, 1 and its number when one does not."""

    help = "Check the audit trail from its first line to its last."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Name the first broken line, if there is one."""
        broken = trail.first_broken()
        if broken is None:
            self.stdout.write(f"{AuditLine.objects.count()} lines, unbroken")
            return
        self.stderr.write(f"line {broken} was altered or is missing")
        sys.exit(1)

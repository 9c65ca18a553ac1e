"""Deploy the contracts that do not stand yet, and say where this house and the chain differ."""

import hashlib
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from chain import deploying, reading, standing
from common.errors import DomainError

DIFFERS = 3
"""Exit code when all contracts stand, but people must settle a difference."""


class Command(BaseCommand):
    """Make sure that all contracts stand; running it again changes nothing."""

    help = "Deploy the contracts to the chain of the settings and write down where they stand."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the digest of the builder's key, if it is not in the settings' file."""
        parser.add_argument("--builder-key-sha256", default="", help="64 hex digits")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Deploy; say each contract's address, then what differs."""
        digest = _digest(options["builder_key_sha256"])
        try:
            if reading.chain_id() != settings.CHAIN_ID:
                raise CommandError("The node speaks for another chain than CHAIN_ID")
            deployment = deploying.deploy(builder_key=digest)
            standing.forget()
            found = standing.findings(key_digest=digest)
        except DomainError as error:
            raise CommandError(str(error)) from error
        for name, fact in deployment["contracts"].items():
            self.stdout.write(f"{name} {fact['address']} block={fact['block']}")
        if found:
            lines = [f"{finding.code}: {finding.detail}" for finding in found]
            raise CommandError("\n".join(lines), returncode=DIFFERS)


def _digest(given: str) -> bytes | None:
    path = Path(settings.BUILDER_PUBLIC_FILE)
    if given or not path.is_file():
        return bytes.fromhex(given) if given else None
    return hashlib.sha256(bytes.fromhex(json.loads(path.read_bytes())["public_key"])).digest()

"""Make an admin, or give one the password of a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.errors import DomainError
from registry import enrolment


class Command(BaseCommand):
    """Safe to run twice."""

    help = "Make an admin whose password stands in a file. Safe to run twice."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the handle and the file: a password on the command line would be seen."""
        parser.add_argument("--handle", required=True)
        parser.add_argument("--password-file", required=True, type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make the admin. Raises CommandError that says what is wrong."""
        try:
            password = options["password_file"].read_text(encoding="utf-8").strip()
            user = enrolment.enrol_admin(handle=options["handle"], password=password)
        except OSError as error:
            raise CommandError(f"cannot read {options['password_file']}") from error
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"admin {user.get_username()} is ready")

"""Prepare the rooms, all steps in one process: site [migrate] [static] [admin] [deploy]."""

import io
import os
import sys
from pathlib import Path

import django
from django.core.management import CommandError, call_command

ADMIN = "admin"
DIFFERS = 3
"""How `deploy_contracts` ends when the chain and the settings differ."""


def main(steps: list[str]) -> None:
    """Do the named steps in order; each may be done again without harm."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    known = {"migrate": _migrate, "static": _static, "admin": _admin, "deploy": _deploy}
    for step in steps:
        known[step]()


def _migrate() -> None:
    call_command("migrate", interactive=False, verbosity=0)


def _static() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("list_scripts", collected=True)


def _admin() -> None:
    password_file = Path(os.environ["ADMIN_PASSWORD_FILE"])
    call_command("create_admin", handle=ADMIN, password_file=password_file)


def _deploy() -> None:
    try:
        call_command("deploy_contracts", stdout=io.StringIO())
    except CommandError as error:
        if error.returncode != DIFFERS:
            raise
        sys.stdout.write(f"{error}\n")  # all contracts stand: people settle this while it runs


if __name__ == "__main__":
    main(sys.argv[1:])

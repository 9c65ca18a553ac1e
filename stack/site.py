"""Prepare the rooms, all steps in one process: site [migrate] [static] [admin] [deploy]."""

import os
import sys
from pathlib import Path

import django
from django.core.management import call_command

ADMIN = "admin"


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


def _admin() -> None:
    password_file = Path(os.environ["ADMIN_PASSWORD_FILE"])
    call_command("create_admin", handle=ADMIN, password_file=password_file)


def _deploy() -> None:
    call_command("deploy_contracts", verbosity=0)


if __name__ == "__main__":
    main(sys.argv[1:])

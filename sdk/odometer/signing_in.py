"""How a command is told who acts: secrets come from files or the environment, never arguments."""

import argparse
import os
from pathlib import Path
from typing import Final

from odometer.client import DEMO_URL
from odometer.driver import Driver

PASSPHRASE: Final = "ODOMETER_PASSPHRASE"  # noqa: S105 - the name of a variable


def options(parser: argparse.ArgumentParser) -> None:
    """Let a command sign a driver in."""
    parser.add_argument("--handle", required=True)
    parser.add_argument(
        "--passphrase-file", type=Path, help=f"the variable {PASSPHRASE} when not given"
    )


def driver(asked: argparse.Namespace) -> Driver:
    """Return the driver who is signed in so. Raises ValueError without any passphrase."""
    if asked.passphrase_file:
        passphrase = secret_of(asked.passphrase_file)
    else:
        passphrase = os.environ.get(PASSPHRASE, "")
    if not passphrase:
        raise ValueError(f"give --passphrase-file, or set {PASSPHRASE}")
    return Driver.sign_in(url_of(asked), asked.handle, passphrase)


def url_of(asked: argparse.Namespace) -> str:
    """Return the marketplace that is meant."""
    return asked.url or os.environ.get("ODOMETER_URL") or DEMO_URL


def secret_of(file: Path) -> str:
    """Return the one line of a file."""
    return file.read_text(encoding="utf-8").rstrip("\r\n")


def words_of(file: Path) -> list[str]:
    """Return the words of a recovery sheet, with or without their numbers."""
    words = file.read_text(encoding="utf-8").split()
    return [word for word in words if not word.rstrip(".").isdigit()]

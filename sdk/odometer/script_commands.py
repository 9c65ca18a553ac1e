"""Commands about the scripts that a marketplace serves to browsers."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from odometer import scripts, signing_in
from odometer.http import Session

Answer = list[dict[str, Any]]
Act = Callable[[argparse.Namespace], Answer]
Verb = Callable[[Any, str, Act, str], argparse.ArgumentParser]

HERE: Final = Path(__file__).resolve().parents[2]
"""The checkout that this package is part of, if it is."""


def add(nouns: Any, verbs: Callable[[Any, str, str], Any], verb: Verb) -> None:
    """Plug the noun `scripts` into the command line."""
    noun = verbs(nouns, "scripts", "what the pages run in a browser")
    verify = verb(noun, "verify", _verify, "fetch every script and hold it against the source")
    against = verify.add_mutually_exclusive_group()
    against.add_argument("--checkout", type=Path, default=HERE, help="the source; this one")
    against.add_argument("--list", type=Path, help="a list that was kept or published elsewhere")


def _verify(asked: argparse.Namespace) -> Answer:
    expected = scripts.of_file(asked.list) if asked.list else scripts.of_checkout(asked.checkout)
    return scripts.verify(Session(signing_in.url_of(asked)), expected)

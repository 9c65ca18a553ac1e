"""Commands about the vault: another passphrase, the recovery sheet, signing out."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from odometer import signing_in
from odometer.driver import Driver
from protocol import vault

Answer = list[dict[str, Any]]
Act = Callable[[argparse.Namespace], Answer]
Verb = Callable[[Any, str, Act, str], argparse.ArgumentParser]

LEAST_CHARACTERS: Final = 12


def add(nouns: Any, verbs: Callable[[Any, str, str], Any], verb: Verb) -> None:
    """Plug the noun `vault` into the command line."""
    noun = verbs(nouns, "vault", "what opens your keys, and where you are signed in")
    change = verb(noun, "change-passphrase", _change, "another passphrase over the same keys")
    signing_in.options(change)
    _new(change)
    back = verb(noun, "recover", _recover, "come back with your recovery words")
    back.add_argument("--handle", required=True)
    back.add_argument("--words-file", type=Path, required=True, help="your 24 recovery words")
    _new(back)
    signing_in.options(verb(noun, "devices", _devices, "where you are signed in"))
    out = verb(noun, "sign-out-everywhere", _sign_out, "end every session of yours at once")
    signing_in.options(out)


def _new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--new-passphrase-file", type=Path, required=True, help="12 characters or more"
    )


def _change(asked: argparse.Namespace) -> Answer:
    new = _chosen(asked)
    signing_in.driver(asked).change_passphrase(new)
    return [{"handle": asked.handle, "changed": True}]


def _recover(asked: argparse.Namespace) -> Answer:
    words, new = signing_in.words_of(asked.words_file), _chosen(asked)
    if wrong := vault.unknown_words(words):
        raise ValueError(f"not on the list of words: {', '.join(map(str, wrong))} (by number)")
    driver = Driver.recover(signing_in.url_of(asked), asked.handle, words, new)
    return [{"handle": asked.handle, "recovered": True, "driver": driver.id}]


def _devices(asked: argparse.Namespace) -> Answer:
    shown = ("browser", "signed_in_at", "last_seen_on", "is_current")
    return [{name: row[name] for name in shown} for row in signing_in.driver(asked).devices()]


def _sign_out(asked: argparse.Namespace) -> Answer:
    signing_in.driver(asked).sign_out_everywhere()
    return [{"handle": asked.handle, "signed_out": True}]


def _chosen(asked: argparse.Namespace) -> str:
    passphrase = signing_in.secret_of(asked.new_passphrase_file)
    if len(passphrase) < LEAST_CHARACTERS:
        raise ValueError(f"a passphrase has {LEAST_CHARACTERS} characters or more")
    return passphrase

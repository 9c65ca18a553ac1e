"""Say a steward's word: see, propose, second, enact, withdraw, halt, resume."""

import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from chain import reading, standing, stewarding
from chain.domain.stewards import WORDS
from chain.models import OutboundCall
from common.errors import DomainError

PATIENCE_S = 60
POLL_S = 0.5
_NEEDS_VALUE = {"propose", "second"}
_NEEDS_WORD = {*_NEEDS_VALUE, "enact", "withdraw"}
_ASKED = ("key_file", "word", "text")
_GUARDS = {"halt", "drop-builder-key"}
_ACTS: dict[str, Callable[..., Any]] = {
    "propose": stewarding.propose,
    "second": stewarding.second,
    "enact": stewarding.enact,
    "withdraw": stewarding.withdraw,
    "halt": stewarding.halt,
    "resume": stewarding.resume,
    "drop-builder-key": stewarding.drop_builder_key,
}
_HELP = {
    "status": "what stands, what is pending, halted or not",
    "propose": "propose a value, as one of the two keys",
    "second": "agree to the other key's proposal; the delay begins",
    "enact": "let a change stand that waited out the delay; any key",
    "withdraw": "take a pending change back",
    "halt": "stop new sales, campaigns and releases, at once",
    "resume": "end the halt",
    "drop-builder-key": "let devices seal for nobody, at once",
}


class Command(BaseCommand):
    """One transaction by the key in a file; then tell what stands."""

    help = "Look at the stewards' contract, or speak to it as one of its keys."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the act, and what it is about."""
        acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
        for act, help_text in _HELP.items():
            one = acts.add_parser(act, help=help_text)
            if act in _NEEDS_WORD:
                one.add_argument("word", metavar="SETTING", help=", ".join(WORDS))
            if act in _NEEDS_VALUE:
                one.add_argument("text", metavar="VALUE", help="a number, an address or a digest")
            if act != "status":
                who = one.add_mutually_exclusive_group(required=True)
                text = "the key to sign with: 64 hex digits in a file"
                who.add_argument("--key-file", type=Path, help=text)
            if act in _GUARDS:
                who.add_argument("--as-operator", action="store_true", help="by the sender's line")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Act, and print the settings as they stand then."""
        try:
            if reading.chain_id() != settings.CHAIN_ID:
                raise CommandError("The node speaks for another chain than CHAIN_ID")
            self._act(options)
            self._tell(stewarding.look())
        except DomainError as error:
            raise CommandError(str(error)) from error

    def _act(self, options: dict[str, Any]) -> None:
        act = options["act"]
        if options.get("as_operator"):
            self._wait(stewarding.say_as_operator(act.replace("-", "_")))
        elif act != "status":
            asked = {name: options[name] for name in _ASKED if name in options}
            receipt = _ACTS[act](**asked)
            self.stdout.write(f"{act}: confirmed in block {receipt.block_number}\n\n")

    def _wait(self, row: OutboundCall) -> None:
        """Wait until the sender has confirmed the operator's word."""
        give_up_at = time.monotonic() + PATIENCE_S
        while row.state in {OutboundCall.State.QUEUED, OutboundCall.State.SENT}:
            if time.monotonic() > give_up_at:
                raise CommandError("Queued, and not yet confirmed: does the sender run?")
            time.sleep(POLL_S)
            row.refresh_from_db()
        if row.state == OutboundCall.State.FAILED:
            raise CommandError(f"The contract refused: {row.reason}")
        self.stdout.write(f"{row.function}: confirmed in block {row.block_number}\n\n")

    def _tell(self, seen: stewarding.Standing) -> None:
        for line in seen.lines:
            self.stdout.write(f"{line.setting.word:<12} {line.value}")
            if line.change:
                self.stdout.write(f"{'':<12} -> {line.change.value}")
                self.stdout.write(f"{'':<12}    {_pending(line.change, seen)}")
        is_halted = "YES: no new sales, campaigns or releases" if seen.is_halted else "no"
        self.stdout.write(f"{'halted':<12} {is_halted}")
        self.stdout.write(f"{'delay':<12} {timedelta(seconds=seen.delay_s)}")
        for finding in standing.findings(key_digest=None):
            self.stdout.write(self.style.WARNING(f"\n{finding.code}: {finding.detail}"))


def _pending(change: stewarding.Change, seen: stewarding.Standing) -> str:
    by = f"proposed by {change.proposer}"
    if change.ready_at is None:
        return f"{by}; waits for the other key"
    when = change.ready_at.strftime("%Y-%m-%d %H:%M:%S UTC")
    is_ready = change.ready_at <= seen.at
    return f"{by}; seconded; can be enacted {'now' if is_ready else 'from ' + when}"

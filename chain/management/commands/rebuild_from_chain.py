"""Forget what was heard and hear it all again from the first block."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from chain import indexing, turns
from chain.selectors import Progress
from common.errors import DomainError

PATIENCE_S = 90


class Command(BaseCommand):
    """Read all events again; the rooms' handlers bear to hear them twice."""

    help = (
        "Read the whole chain again and tell every room what it says. "
        "Until that is done, sums of sales and payments are too low."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Rebuild as soon as no worker indexes; say how many events there were."""
        try:
            with turns.take("indexing", patience_s=PATIENCE_S) as turn, _bar() as bar:
                indexing.forget()
                heard = indexing.run(turn=turn, watch=_Teller(bar))
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{heard} events")


class _Teller:
    """Tells a bar how far the indexer has come."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._line = bar.add_task("blocks", total=None, events=0, rate=0)
        self._events = 0

    def __call__(self, progress: Progress, events: int) -> None:
        self._events += events
        elapsed_s = self._bar.tasks[self._line].elapsed or 1
        self._bar.update(
            self._line,
            completed=progress.read,
            total=progress.of,
            events=self._events,
            rate=round(self._events / elapsed_s),
        )


def _bar() -> Bar:
    """Return a bar on the terminal; where there is none, it says nothing."""
    console = Console(stderr=True)
    return Bar(
        TextColumn("{task.completed:.0f}/{task.total} blocks"),
        BarColumn(),
        TextColumn("{task.percentage:.0f}%  {task.fields[events]} events, {task.fields[rate]}/s"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )

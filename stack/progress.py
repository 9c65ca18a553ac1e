"""Tell people what is going on, one line a step."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

console = Console(highlight=False)


class StackError(Exception):
    """Something a person must put right; the text says what and how."""


@contextmanager
def step(text: str) -> Iterator[None]:
    """Show one step: running, then done with its seconds (or the failure, in red)."""
    started = time.monotonic()
    try:
        with console.status(text) if console.is_terminal else _quiet():
            yield
    except BaseException:
        console.print(f"  [red]✗[/red] {text}")
        raise
    console.print(f"  [green]✓[/green] {text} [dim]{time.monotonic() - started:.1f} s[/dim]")


@contextmanager
def _quiet() -> Iterator[None]:
    yield


def say(text: str) -> None:
    """Print one line."""
    console.print(f"  {text}")

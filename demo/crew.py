"""Do something for many drivers at once, with progress for whoever watches."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from typing import Final, TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

T = TypeVar("T")
R = TypeVar("R")
Tell = Callable[[int, int], None]
"""Called with how much is done, and of how much."""

HANDS: Final = 6
"""Drivers served at once. Key derivation leaves the interpreter, so threads use both cores."""

_TELL_EVERY_S: Final = 10.0


class Crew:
    """Shows each step, and remembers how long it took."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str, text: str, of: int | None = None) -> Iterator[Tell]:
        """Time one step under `name`. Yields what reports progress."""
        started = time.monotonic()
        with self._progress() as progress:
            bar = progress.add_task(text, total=of)
            yield self._teller(progress, bar, text)
            taken = time.monotonic() - started
            progress.update(bar, total=1, completed=1)
        self.seconds[name] = round(taken, 2)
        if not self.console.is_terminal:
            self.console.print(f"{text}: done in {taken:.1f} s")

    def each(
        self, name: str, text: str, of: Sequence[T], act: Callable[[T], R], *, hands: int = HANDS
    ) -> list[R]:
        """Do `act` for every member, several at once; results in the members' order."""
        with self.step(name, text, len(of)) as tell, ThreadPoolExecutor(hands) as pool:
            futures = [pool.submit(act, member) for member in of]
            self._watch(futures, tell, pool)
        return [future.result() for future in futures]

    def _watch(self, futures: list[Future[R]], tell: Tell, pool: ThreadPoolExecutor) -> None:
        for done, future in enumerate(as_completed(futures), start=1):
            if future.exception() is not None:
                pool.shutdown(wait=False, cancel_futures=True)
                future.result()
            tell(done, len(futures))

    def _progress(self) -> Progress:
        columns = (
            SpinnerColumn(finished_text="[green]✓[/green]"),
            TextColumn("{task.description:<46}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        return Progress(*columns, console=self.console, disable=not self.console.is_terminal)

    def _teller(self, progress: Progress, bar: object, text: str) -> Tell:
        said = time.monotonic()

        def tell(done: int, of: int) -> None:
            nonlocal said
            progress.update(bar, completed=done, total=of)  # type: ignore[arg-type]
            if not self.console.is_terminal and time.monotonic() - said > _TELL_EVERY_S:
                said = time.monotonic()
                self.console.print(f"{text}: {done} of {of}")

        return tell

"""See where the seconds of a phase go: waiting for the node, for the database, or our own work."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from web3 import HTTPProvider


@dataclass
class Watch:
    """Seconds by name, of the phases that were measured."""

    seconds: dict[str, float] = field(default_factory=dict)
    _waited: dict[str, float] = field(default_factory=lambda: {"node": 0.0, "database": 0.0})

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Measure a block: `name_s`, and of it `name_node_s` and `name_database_s`."""
        before, started = dict(self._waited), time.perf_counter()
        with connection.execute_wrapper(self._database):
            yield
        self.seconds[f"{name}_s"] = time.perf_counter() - started
        for part, waited in self._waited.items():
            self.seconds[f"{name}_{part}_s"] = waited - before[part]

    def listen_to_the_node(self) -> None:
        """Count from now on every question to a node."""
        for method in ("make_request", "make_batch_request"):
            asked = getattr(HTTPProvider, method)
            setattr(HTTPProvider, method, self._counted("node", asked))

    def _database(self, execute: Callable[..., Any], *statement: Any) -> Any:
        return self._counted("database", execute)(*statement)

    def _counted(self, part: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **options: Any) -> Any:
            started = time.perf_counter()
            try:
                return act(*args, **options)
            finally:
                self._waited[part] += time.perf_counter() - started

        return counted

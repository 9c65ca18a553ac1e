"""Look into a stack's database from outside."""

import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import psycopg

from tests.worlds.nodes import Stack


def asked(stack: Stack, question: str) -> list[tuple[Any, ...]]:
    """Return the rows that answer a SELECT."""
    with closing(connected(stack)) as rows:
        return list(rows.execute(question).fetchall())


def counted(stack: Stack, question: str) -> dict[Any, int]:
    """Return the rows of `select what, count(*) ... group by what`."""
    return {what: int(count) for what, count in asked(stack, question)}


def dumped(stack: Stack) -> bytes:
    """Return every row of every table as text."""
    if stack.database_url:
        words: Sequence[str] = ["pg_dump", "--inserts", stack.database_url]
        return subprocess.run(words, check=True, capture_output=True).stdout
    with closing(connected(stack)) as rows:
        return "\n".join(rows.iterdump()).encode(errors="surrogateescape")


def seconds_of(stamp: Any) -> float:
    """Return Unix seconds of a time as the database at hand gives it."""
    if isinstance(stamp, str):
        stamp = datetime.fromisoformat(stamp)
    return float((stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)).timestamp())


def connected(stack: Stack) -> Any:
    """Return a connection; its owner closes it."""
    if stack.database_url:
        return psycopg.connect(stack.database_url)
    return sqlite3.connect(stack.places.var / "db.sqlite3", timeout=20)

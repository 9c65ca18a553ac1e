"""The budgets that one debit asks for, noted in a table of this connection; in sets, never rows."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from anonymize.models import Contribution, PrivacyBudget, Release

BUDGETS = PrivacyBudget._meta.db_table
COHORTS = Contribution._meta.db_table

_COLUMNS = "id, created_at, release_id, driver_id, consent_address"
_ROOM_KIB = 65_536
_OWN_ROOM_KIB = 2_000
_OWN_CHECKPOINT_PAGES = 1_000
"""SQLite's own settings, put back after a debit."""


def write_cohort(*, release_id: UUID, addresses: Mapping[UUID, str]) -> None:
    """Write down whom a release asks: consent address by driver."""
    now, release = connection.ops.adapt_datetimefield_value(timezone.now()), _key(release_id)
    drivers = sorted(addresses, key=attrgetter("int"))
    if connection.vendor == "postgresql":
        _run(
            f"INSERT INTO {COHORTS} ({_COLUMNS}) SELECT gen_random_uuid(), %s, %s, driver, address "  # noqa: S608
            "FROM unnest(%s::uuid[], %s::text[]) AS asked (driver, address)",
            [now, release, drivers, [addresses[driver] for driver in drivers]],
        )
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {COHORTS} ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s)",  # noqa: S608
            [(uuid4().hex, now, release, one.hex, addresses[one]) for one in drivers],
        )


def open_budgets(*, release_id: UUID, caps: Mapping[str, int]) -> None:
    """Open the budgets of a release's cohort that are not open yet: cap by window."""
    for window, cap in sorted(caps.items()):
        _run(
            f"INSERT INTO {BUDGETS} (driver_id, {_WINDOW}, spent_rho_micro, cap_rho_micro) "  # noqa: S608 - our own names
            f"SELECT driver_id, %s, 0, %s FROM {COHORTS} WHERE release_id = %s "
            "ORDER BY driver_id ON CONFLICT DO NOTHING",
            [window, cap, _key(release_id)],
        )


def note(*, release_id: UUID, windows: Sequence[str]) -> int:
    """Note the budgets of a release's cohort in these windows, and return how many they are.

    Raises ValueError when somebody's budget is not open.
    """
    kind, empty = "bigint", "TRUNCATE"  # deleted rows would stay in the way of the next debit
    if connection.vendor == "sqlite":
        kind, empty = "integer", "DELETE FROM"
    _run(f"CREATE TEMPORARY TABLE IF NOT EXISTS asked_budgets (id {kind} PRIMARY KEY)")
    _run(f"{empty} asked_budgets")
    marks = ", ".join(["%s"] * len(windows))
    noted = _run(
        f"INSERT INTO asked_budgets SELECT b.id FROM {COHORTS} c JOIN {BUDGETS} b "  # noqa: S608
        f"ON b.driver_id = c.driver_id AND b.{_WINDOW} IN ({marks}) WHERE c.release_id = %s",
        [*windows, _key(release_id)],
    )
    if noted != Contribution.objects.filter(release_id=release_id).count() * len(windows):
        raise ValueError("a budget is not open")
    if connection.vendor == "postgresql":
        _run("ANALYZE asked_budgets")
    return noted


def lock_ledger() -> None:
    """Let one debit at a time write until the transaction ends; readers are not held up.

    One lock on the whole ledger, always taken after the release's own row: there is no order of
    drivers in which two debits could wait for each other. SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        _run(f"LOCK TABLE {BUDGETS} IN SHARE ROW EXCLUSIVE MODE")


def debit(rho_micro: int) -> int:
    """Debit the noted budgets that can bear it, and return how many did."""
    if connection.vendor == "postgresql":
        _run(f"SET LOCAL work_mem = '{_ROOM_KIB}kB'")  # whom it asks is matched without files
    return _run(
        f"UPDATE {BUDGETS} SET spent_rho_micro = spent_rho_micro + %s "  # noqa: S608
        "WHERE id IN (SELECT id FROM asked_budgets) AND spent_rho_micro + %s <= cap_rho_micro",
        [rho_micro, rho_micro],
    )


@contextmanager
def roomy(*, copies_log: bool) -> Iterator[None]:
    """Keep a large change in SQLite's memory until its commit, which writes it in one go.

    copies_log: whether that commit copies the log into the database too; else the next one of
    anybody does.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    _run(f"PRAGMA cache_size = -{_ROOM_KIB}")
    if not copies_log:
        _run("PRAGMA wal_autocheckpoint = 0")
    try:
        yield
    finally:
        _run(f"PRAGMA wal_autocheckpoint = {_OWN_CHECKPOINT_PAGES}")
        _run(f"PRAGMA cache_size = -{_OWN_ROOM_KIB}")


_WINDOW = connection.ops.quote_name("window")  # a word of SQL


def _key(row_id: UUID) -> Any:
    return Release._meta.pk.get_db_prep_value(row_id, connection)


def _run(sql: str, values: Sequence[Any] = ()) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)

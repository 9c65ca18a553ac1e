"""Measure the debit of a large cohort, on a database file of its own, as the settings open it."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

DRIVERS = 100_000
WINDOW = "2018-06"
ROUNDS = 7

_KEPT_OF_A_SERVER = {
    "debit_100k_drivers_ms": "debit_100k_drivers_postgres_ms",
    "debit_100k_drivers_best_ms": "debit_100k_drivers_postgres_best_ms",
    "propose_100k_drivers_ms": "propose_100k_drivers_postgres_ms",
}

Spent = tuple[float, float]
"""Milliseconds of the clock on the wall, and of the processor in this process."""


def measure() -> Mapping[str, float]:
    """Return milliseconds of one debit of 100,000 drivers: budgets of a window and the lifetime.

    Measured in processes of their own, whose settings name a database of their own: SQLite, and
    PostgreSQL where a server is found (keys with `_postgres`).

    debit_100k_drivers_ms: the transaction that debits (budgeting.debit), its commit included,
    budgets open and cohort written down before; the median of some releases.
    debit_100k_drivers_cpu_ms: the processor's part of it, which other work on the machine moves
    less. debit_log_copy_ms: what SQLite does at a later commit, copying its log into the database.
    open_100k_budgets_ms: the first time, when cohort and 200,000 budgets are written
    (budgeting.propose). propose_100k_drivers_ms: the same for later releases; again with the
    processor's part.
    """
    with tempfile.TemporaryDirectory() as folder:
        own = {"DATABASE_URL": f"sqlite:///{Path(folder) / 'ledger.sqlite3'}"}
        found = _apart([], {**os.environ, **own})
    served = _apart(["sh", "stack/with_postgres.sh"], _server())
    return {**found, **{_KEPT_OF_A_SERVER[key]: served[key] for key in _KEPT_OF_A_SERVER if served}}


def _server() -> Mapping[str, str]:
    """The environment as it is; of its database only a PostgreSQL server counts."""
    url = os.environ.get("DATABASE_URL", "postgres")
    rest = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return os.environ if url.startswith("postgres") else rest


def _apart(within: list[str], settings: Mapping[str, str]) -> dict[str, float]:
    """Measure within a command; nothing when there is no database server to run it with."""
    run = [*within, sys.executable, "-m", "bench.debiting"]
    told = subprocess.run(  # noqa: S603
        run, check=not within, stdout=subprocess.PIPE, text=True, env={**settings}
    )
    found: dict[str, float] = json.loads(told.stdout.splitlines()[-1]) if told.stdout else {}
    return found


def _measured() -> Mapping[str, float]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django  # noqa: PLC0415 - the database is named above

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    drivers = _drivers()
    proposals, proposals_cpu, debits, processor, copies = [], [], [], [], []
    for _ in range(ROUNDS):
        (proposed, proposed_cpu), (wall, cpu) = _one_release(drivers)
        proposals.append(proposed)
        proposals_cpu.append(proposed_cpu)
        debits.append(wall)
        processor.append(cpu)
        copies.append(_copy_log(connection))
    connection.close()
    return {
        "debit_100k_drivers_ms": statistics.median(debits),
        "debit_100k_drivers_best_ms": min(debits),
        "debit_100k_drivers_cpu_ms": statistics.median(processor),
        "debit_log_copy_ms": statistics.median(copies),
        "open_100k_budgets_ms": proposals[0],
        "propose_100k_drivers_ms": statistics.median(proposals[1:]),
        "propose_100k_drivers_cpu_ms": statistics.median(proposals_cpu[1:]),
    }


def _copy_log(connection: Any) -> float:
    started = time.perf_counter()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
    return (time.perf_counter() - started) * 1_000


def _drivers() -> dict[object, str]:
    from django.contrib.auth.models import User  # noqa: PLC0415

    from registry.models import Driver  # noqa: PLC0415

    users = User.objects.bulk_create(User(username=f"driver-{n}") for n in range(DRIVERS))
    made = Driver.objects.bulk_create(Driver(user=user) for user in users)
    return {driver.id: f"0x{driver.id.hex}00000000" for driver in made}


def _one_release(drivers: dict[object, str]) -> tuple[Spent, Spent]:
    from django.utils import timezone  # noqa: PLC0415

    from anonymize import budgeting  # noqa: PLC0415
    from anonymize.models import Dataset, Release  # noqa: PLC0415
    from chain.domain.calls import Block  # noqa: PLC0415

    dataset = Dataset.objects.create(
        title="Debit",
        spec={"windows": [WINDOW]},
        spec_sha256=uuid4().hex * 2,
        rho_cap_micro=1_000,
        fee_bps=0,
        drivers_needed=1,
    )
    release = Release.objects.create(dataset=dataset, price_units=1, rho_micro=1_000)
    block = Block(number=1, hash="0x" + "11" * 32, at=timezone.now())
    at_first = _clocks()
    proposal = budgeting.propose(
        release=release,
        addresses=drivers,  # type: ignore[arg-type]  # the ids are UUIDs
        windows=[WINDOW],
        block=block,
        needed=1,
    )
    between = _clocks()
    if proposal is None or budgeting.debit(proposal) != DRIVERS:
        raise RuntimeError("not everybody was debited")
    return _between(at_first, between), _between(between, _clocks())


def _clocks() -> Spent:
    return time.perf_counter() * 1_000, time.process_time() * 1_000


def _between(one: Spent, other: Spent) -> Spent:
    return other[0] - one[0], other[1] - one[1]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measured()))

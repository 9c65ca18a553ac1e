"""Many builds at once, killed at random, never debit a driver above the cap; on PostgreSQL."""

import os
import random  # noqa: TID251 - seeded, for a test
import signal
import time

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.db.models import F
from django.utils import timezone

from anonymize import budgeting
from anonymize.models import Contribution, PrivacyBudget, Release
from chain.domain.calls import Block
from tests.factories import anonymize as factory
from tests.factories import keys
from tests.factories.registry import make_driver

BUILDS, DRIVERS, KILLS = 50, 30, 60
CAP, RHO = 700_000, 100_000
LONGEST_S = 25

pytestmark = [
    pytest.mark.worlds,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "postgresql" not in django_settings.DATABASES["default"]["ENGINE"],
        reason="SQLite has one writer, so a missing lock would not show: run make test-postgres",
    ),
]


def test_fifty_builds_at_once_stop_at_the_cap_whoever_is_killed(settings):
    settings.PRIVACY_WINDOW_CAP_RHO_MICRO = CAP
    dataset = factory.make_dataset(rho_micro=RHO)
    drivers = [make_driver(f"driver-{number}", keys.DRIVER).id for number in range(DRIVERS)]
    releases = [factory.make_release(dataset) for _ in range(BUILDS)]
    addresses = {driver: f"0x{driver.hex}00000000" for driver in drivers}
    chance = random.Random(7)
    cohorts = {one.id: chance.sample(drivers, DRIVERS * 2 // 3) for one in releases}

    kills = run_and_kill(
        [(one, {driver: addresses[driver] for driver in cohorts[one.id]}) for one in releases],
        chance,
    )

    assert kills >= KILLS // 2
    budgets = PrivacyBudget.objects.filter(window="2018-06")
    assert not budgets.filter(spent_rho_micro__gt=F("cap_rho_micro")).exists()
    assert budgets.filter(spent_rho_micro=CAP).exists()  # the limit was met
    for budget in PrivacyBudget.objects.all():
        charged = Contribution.objects.filter(
            driver=budget.driver_id, release__charged_at__isnull=False
        )
        assert charged.count() * RHO == budget.spent_rho_micro
    planned = Release.objects.filter(state=Release.State.PLANNED)
    assert all(len(left_of(cohorts[one.id])) == 0 for one in planned)


def left_of(drivers):
    """The drivers of a cohort who could still bear a charge."""
    full = PrivacyBudget.objects.filter(window="2018-06", spent_rho_micro__gt=CAP - RHO)
    return set(drivers) - set(full.values_list("driver_id", flat=True))


def run_and_kill(work, chance):
    """Run every charge in a process of its own, kill some at random, start those again."""
    connection.close()  # a child must not speak through its parent's connection
    running = {charge_apart(*one): one for one in work}
    kills, until = 0, time.monotonic() + LONGEST_S
    while running:
        assert time.monotonic() < until, "the builds do not end"
        if kills < KILLS:
            time.sleep(chance.random() * 0.02)
            os.kill(chance.choice(list(running)), signal.SIGKILL)
            kills += 1
        pid, status = os.wait()
        one = running.pop(pid)
        if status:
            running[charge_apart(*one)] = one
    return kills


def charge_apart(release, addresses):
    """Fork a process that charges one release; it ends with 0 when it came to an end."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        block = Block(number=7, hash="0x" + "11" * 32, at=timezone.now())
        budgeting.charge(release=release, addresses=addresses, windows=["2018-06"], block=block)
        status = 0
    finally:
        os._exit(status)

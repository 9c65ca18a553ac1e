"""Many builds at once never debit a driver above the cap; row locks show only on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings as django_settings
from django.db import close_old_connections, connection
from django.utils import timezone

from anonymize import budgeting
from anonymize.models import BudgetCharge, PrivacyBudget, Release
from chain.domain.calls import Block
from tests.factories import anonymize as factory

BUILDS = 16

pytestmark = [
    pytest.mark.worlds,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "postgresql" not in django_settings.DATABASES["default"]["ENGINE"],
        reason="SQLite has one writer, so a missing lock would not show: run make test-postgres",
    ),
]


def test_sixteen_builds_at_once_stop_at_the_cap(driver, settings):
    settings.PRIVACY_WINDOW_CAP_RHO_MICRO = 500_000
    dataset = factory.make_dataset()
    releases = [factory.make_release(dataset) for _ in range(BUILDS)]
    block = Block(number=7, hash="0x" + "11" * 32, at=timezone.now())

    def build(release: Release) -> int:
        close_old_connections()
        try:
            return budgeting.charge(
                release=release,
                addresses={driver.id: factory.address()},
                windows=["2018-06"],
                block=block,
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(BUILDS) as pool:
        sizes = list(pool.map(build, releases))

    row = PrivacyBudget.objects.get(driver=driver, window="2018-06")
    assert sum(sizes) == 5
    assert row.spent_rho_micro == row.cap_rho_micro == 500_000
    assert BudgetCharge.objects.filter(budget=row).count() == 5

"""Budgets are debited before noise, in one step, and never above their cap."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from anonymize import budgeting
from anonymize.models import BudgetCharge, PrivacyBudget, Release
from chain.domain.calls import Block
from tests.factories import anonymize as factory

pytestmark = pytest.mark.django_db(transaction=True)

WINDOWS = ["2018-06", "2018-07"]


@pytest.fixture
def block():
    return Block(number=7, hash="0x" + "11" * 32, at=timezone.now())


@pytest.fixture
def release():
    return factory.make_release(factory.make_dataset())


def test_every_window_and_the_lifetime_are_debited_in_full(release, driver, block):
    size = budgeting.charge(
        release=release,
        addresses={driver.id: factory.address()},
        windows=WINDOWS,
        block=block,
    )
    rows = PrivacyBudget.objects.filter(driver=driver)
    assert size == 1
    assert {row.window for row in rows} == {*WINDOWS, "lifetime"}
    assert {row.spent_rho_micro for row in rows} == {100_000}
    assert BudgetCharge.objects.filter(release=release).count() == 3


def test_the_cohort_and_the_block_are_fixed_with_the_debit(release, driver, block):
    address = factory.address()
    budgeting.charge(release=release, addresses={driver.id: address}, windows=WINDOWS, block=block)
    release.refresh_from_db()
    assert (release.state, release.consent_block) == (Release.State.CHARGED, 7)
    assert release.contributions.get().consent_address == address


def test_charging_twice_debits_once(release, driver, block):
    for _ in range(2):
        budgeting.charge(
            release=release,
            addresses={driver.id: factory.address()},
            windows=WINDOWS,
            block=block,
        )
    spent = PrivacyBudget.objects.values_list("spent_rho_micro", flat=True)
    assert set(spent) == {100_000}


def test_a_driver_at_the_limit_is_left_out_and_not_debited(release, driver, other_driver, block):
    PrivacyBudget.objects.create(
        driver=driver, window="2018-07", spent_rho_micro=950_000, cap_rho_micro=1_000_000
    )
    size = budgeting.charge(
        release=release,
        addresses={driver.id: factory.address(), other_driver.id: factory.address()},
        windows=WINDOWS,
        block=block,
    )
    assert size == 1
    assert release.contributions.get().driver_id == other_driver.id
    spent = PrivacyBudget.objects.filter(driver=driver).values_list("spent_rho_micro", flat=True)
    assert sorted(spent) == [0, 0, 950_000]


def test_the_database_itself_refuses_a_row_above_its_cap(driver):
    with pytest.raises(IntegrityError), transaction.atomic():
        PrivacyBudget.objects.create(
            driver=driver, window="2018-06", spent_rho_micro=2, cap_rho_micro=1
        )

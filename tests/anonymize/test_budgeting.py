"""Budgets are debited before noise, in one step, and never above their cap."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from anonymize import budgeting, selectors
from anonymize.models import Contribution, PrivacyBudget, Release
from chain.domain.calls import Block
from tests.factories import anonymize as factory
from work.errors import LeaseLost

pytestmark = pytest.mark.django_db(transaction=True)

WINDOWS = ["2018-06", "2018-07"]


@pytest.fixture
def block():
    return Block(number=7, hash="0x" + "11" * 32, at=timezone.now())


@pytest.fixture
def release():
    return factory.make_release(factory.make_dataset(windows=WINDOWS))


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
    told = [row["charges"] for row in selectors.privacy_ledger(driver)]
    assert [[one["rho_micro"] for one in charges] for charges in told] == [[100_000]] * 3


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


def test_too_few_drivers_cost_nobody_anything(release, driver, other_driver, block):
    PrivacyBudget.objects.create(
        driver=driver, window="2018-07", spent_rho_micro=950_000, cap_rho_micro=1_000_000
    )
    size = budgeting.charge(
        release=release,
        addresses={driver.id: factory.address(), other_driver.id: factory.address()},
        windows=WINDOWS,
        block=block,
        needed=2,
    )
    release.refresh_from_db()
    assert (size, release.state, release.charged_at) == (0, Release.State.PLANNED, None)
    assert not PrivacyBudget.objects.filter(driver=other_driver, spent_rho_micro__gt=0).exists()
    assert all(not row["charges"] for row in selectors.privacy_ledger(other_driver))


def test_who_reaches_the_limit_before_the_debit_is_left_out(release, driver, other_driver, block):
    proposal = propose(release, [driver, other_driver], block)
    PrivacyBudget.objects.filter(driver=driver, window="2018-07").update(spent_rho_micro=200_000)
    assert budgeting.debit(proposal) == 1
    assert release.contributions.get().driver_id == other_driver.id
    spent = PrivacyBudget.objects.filter(driver=driver).values_list("spent_rho_micro", flat=True)
    assert sorted(spent) == [0, 0, 200_000]


def test_a_cohort_that_was_written_anew_is_not_debited_by_the_old_writing(release, driver, block):
    old = propose(release, [driver], block)
    new = propose(release, [driver], block)
    with pytest.raises(LeaseLost):
        budgeting.debit(old)
    assert budgeting.debit(new) == 1
    with pytest.raises(LeaseLost):
        budgeting.debit(new)
    assert set(PrivacyBudget.objects.values_list("spent_rho_micro", flat=True)) == {100_000}


def test_budgets_that_are_debited_are_those_the_contributions_tell(driver, other_driver, block):
    dataset = factory.make_dataset()
    for drivers in ([driver], [driver, other_driver], [other_driver]):
        proposal = propose(factory.make_release(dataset), drivers, block)
        budgeting.debit(proposal)
    for one in (driver, other_driver):
        charged = Contribution.objects.filter(driver=one, release__charged_at__isnull=False)
        told = sum(row.release.rho_micro for row in charged)
        spent = PrivacyBudget.objects.filter(driver=one).values_list("spent_rho_micro", flat=True)
        assert set(spent) == {told} == {200_000}


def propose(release, drivers, block):
    return budgeting.propose(
        release=release,
        addresses={one.id: factory.address() for one in drivers},
        windows=WINDOWS,
        block=block,
        needed=1,
    )


def test_the_database_itself_refuses_a_row_above_its_cap(driver):
    with pytest.raises(IntegrityError), transaction.atomic():
        PrivacyBudget.objects.create(
            driver=driver, window="2018-06", spent_rho_micro=2, cap_rho_micro=1
        )

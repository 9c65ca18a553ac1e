"""Ledgers that charge or refuse, and exact conversions."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.domain import accounting
from anonymize.domain.accounting import Ledger
from anonymize.domain.errors import BudgetExhausted
from consent.domain import odds

amounts = st.integers(0, 2_000_000)


@given(amounts, st.lists(amounts, max_size=10))
def test_a_ledger_never_passes_its_cap(cap, charges):
    ledger = Ledger(cap_rho_micro=cap)
    paid = 0
    for charge in charges:
        if ledger.may_charge(charge):
            ledger = ledger.charge(charge)
            paid += charge
        else:
            with pytest.raises(BudgetExhausted) as caught:
                ledger.charge(charge)
            assert caught.value.facts == {"asked": charge, "left": ledger.left_rho_micro}
    assert ledger.spent_rho_micro == paid <= cap


def test_a_negative_charge_is_refused():
    with pytest.raises(ValueError, match="negative"):
        Ledger(cap_rho_micro=10, spent_rho_micro=5).charge(-1)


def test_a_ledger_over_a_lowered_cap_has_nothing_left():
    assert Ledger(cap_rho_micro=3, spent_rho_micro=5).left_rho_micro == 0


@given(st.integers(0, 5_000_000))
def test_the_guess_in_100_is_as_an_offer_tells_drivers(rho_micro):
    assert accounting.guess_in_100(rho_micro) == odds.guess_in_100(rho_micro)


@given(st.integers(0, 5_000_000))
def test_the_guess_in_100_never_understates(rho_micro):
    exact = 50 * (1 + math.erf(math.sqrt(2 * rho_micro / 1e6) / math.sqrt(2)))
    assert exact <= accounting.guess_in_100(rho_micro) <= exact + 1.001


def test_epsilon_is_that_of_the_exact_gaussian():
    # sigma 4.2249 at sensitivity 1 is epsilon 1 at delta 1e-6 by the analytic Gaussian.
    rho_micro = round(1e6 / (2 * 4.2249**2))
    assert accounting.epsilon_of(rho_micro, 1e-6) == pytest.approx(1.0, abs=1e-3)


@given(st.integers(1, 3_000_000), st.sampled_from([1e-5, 1e-6, 1e-9]))
def test_epsilon_and_delta_agree_and_round_towards_safety(rho_micro, delta):
    epsilon = accounting.epsilon_of(rho_micro, delta)
    assert accounting.delta_of(rho_micro, epsilon) <= delta * (1 + 1e-6)
    assert epsilon <= rho_micro / 1e6 + 2 * math.sqrt(rho_micro / 1e6 * math.log(1 / delta)) + 1e-6
    assert float(accounting.epsilon_text(rho_micro, delta)) >= epsilon


@given(st.integers(0, 1_000_000), st.integers(0, 1_000_000))
def test_more_loss_is_never_less_epsilon(one, other):
    low, high = sorted([one, other])
    assert accounting.epsilon_of(low, 1e-6) <= accounting.epsilon_of(high, 1e-6)


def test_no_loss_is_no_epsilon():
    assert accounting.epsilon_of(0, 1e-6) == 0
    assert accounting.delta_of(0, 0.5) == 0


@pytest.mark.parametrize("delta", [0, 1, -1, 2])
def test_a_delta_that_says_nothing_is_refused(delta):
    with pytest.raises(ValueError, match="delta"):
        accounting.epsilon_of(1, delta)

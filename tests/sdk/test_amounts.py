"""Money as text and as units."""

import pytest

from odometer.amounts import Token

DOLLAR = Token("tUSD", 6, "0x" + "1" * 40, 31337)


def test_an_amount_becomes_units_exactly():
    assert DOLLAR.units("12.50") == 12_500_000
    assert DOLLAR.units("0.000001") == 1


@pytest.mark.parametrize("wrong", ["0.0000001", "much", "-1", "NaN", "Infinity"])
def test_it_refuses_what_cannot_be_paid_exactly(wrong):
    with pytest.raises(ValueError, match=r"."):
        DOLLAR.units(wrong)


def test_it_refuses_floats():
    with pytest.raises(TypeError, match="not a float"):
        DOLLAR.units(12.5)  # type: ignore[arg-type]  # the mistake at hand


@pytest.mark.parametrize(
    ("units", "text"),
    [
        (12_500_000, "12.50 tUSD"),
        (1, "0.000001 tUSD"),
        (0, "0.00 tUSD"),
        (10**12, "1,000,000.00 tUSD"),
    ],
)
def test_units_become_text_that_loses_nothing(units, text):
    assert DOLLAR.text(units) == text

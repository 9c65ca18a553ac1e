from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from portal import drawing
from portal.templatetags.drawn import listed, money, plain_money, rho, short


@given(st.integers(50, 100))
def test_a_grid_shows_as_many_right_guesses_as_it_says(right):
    kinds = [dot.kind for dot in drawing.dots(right)]
    assert (kinds.count("right"), kinds.count("more")) == (50, right - 50)
    assert len(kinds) == 100


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_part_is_never_outside_its_whole(amount, whole):
    assert 0 <= drawing.part_of(amount, whole) <= 100


def test_money_is_written_to_the_last_unit_with_two_decimals_at_least():
    assert money(12_500_000) == "12.50"
    assert money("1234000001") == "1,234.000001"
    assert money(0) == "0.00"
    assert money(None) == "0.00"


def test_money_for_programs_has_no_grouping():
    assert plain_money("1250000000") == "1250.000000"


def test_a_digest_shows_both_ends():
    assert short("0x" + "ab" * 32) == "0xabababab…ababab"
    assert short("short") == "short"


def test_rho_keeps_the_digits_that_matter():
    assert [rho(24_360), rho(100_000), rho(1_000_000)] == ["0.0244", "0.10", "1.00"]
    assert [rho(0), rho(10_000_000), rho(999_960)] == ["0.00", "10.00", "1.00"]


def test_a_list_is_joined_as_its_language_does():
    assert listed(["a", "b"]) == "a, b"
    with override("zh-hans"):
        assert listed(["电池", "充电"]) == "电池、充电"

"""Whatever a campaign's standing, money and drivers are asked for in the right order."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain import campaigns
from marketplace.domain.campaigns import Standing, Step

DEADLINE = datetime(2026, 12, 20, tzinfo=UTC)
TIMES = st.integers(-3_000, 3_000).map(lambda minutes: DEADLINE + timedelta(minutes=minutes))
STATES = ["unfunded", "funding", "funded", "settled", "refunded", "lapsed"]
STANDINGS = st.builds(
    Standing,
    state=st.sampled_from(STATES),
    deadline_at=st.just(DEADLINE),
    threshold=st.integers(1, 5),
    consents=st.integers(0, 6),
    on_its_way=st.sampled_from(["", "settle", "refund"]),
    is_offered=st.booleans(),
    is_building=st.booleans(),
    has_answer=st.booleans(),
    is_given_back=st.booleans(),
    not_before=st.none() | TIMES,
    build_not_before=st.none() | TIMES,
)


@given(TIMES, STANDINGS)
def test_without_the_bounty_no_driver_is_asked_and_no_money_moves(now, stands):
    step = campaigns.next_step(now, stands)
    if stands.state != campaigns.FUNDED:
        assert step in {Step.WAIT, Step.LAPSE}
    if stands.state in {"settled", "refunded", "lapsed"}:
        assert step == Step.WAIT


@given(TIMES, STANDINGS)
def test_money_moves_one_way_at_a_time(now, stands):
    step = campaigns.next_step(now, stands)
    if stands.on_its_way:
        assert step in {Step.WAIT, Step.LAPSE}
    if step == Step.REFUND:
        assert now >= DEADLINE or stands.is_given_back
    if step in {Step.SETTLE, Step.BUILD, Step.ASK_DRIVERS}:
        assert now < DEADLINE
        assert not stands.is_given_back


@given(TIMES, STANDINGS)
def test_a_build_needs_enough_drivers_who_were_asked_and_time(now, stands):
    if campaigns.next_step(now, stands) == Step.BUILD:
        assert stands.consents >= stands.threshold
        assert stands.is_offered
        assert not stands.is_building
        assert now + campaigns.LEAST_TIME_TO_BUILD <= DEADLINE


@given(STANDINGS)
def test_a_bounty_never_stays_for_ever(stands):
    if stands.state == campaigns.FUNDED and not stands.on_its_way:
        assert campaigns.next_step(DEADLINE + timedelta(days=9), stands) == Step.REFUND


@given(st.integers(1, 100_000))
def test_pauses_grow_to_a_day(failures):
    assert campaigns.PAUSE <= campaigns.pause_after(failures) <= campaigns.LONGEST_PAUSE
    assert campaigns.pause_after(failures) <= campaigns.pause_after(failures + 1)

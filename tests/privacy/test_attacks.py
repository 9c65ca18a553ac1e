"""What an attacker with many releases would try: differences, membership, averages."""

import numpy as np
import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from scipy.special import ndtr

from anonymize import budgeting, cohorts, planning
from anonymize.domain import accounting, cells, mechanisms
from anonymize.models import PrivacyBudget, Release
from bench.auditing import bounds, guessing
from bench.auditing.guessing import Pair
from chain import standing
from chain.domain.calls import Block
from tests.anonymize import crowd
from tests.anonymize.making import (
    EVERY_KIND,
    HOURS,
    cohort,
    frame,
    query_with,
    session,
    vector_of,
)
from tests.factories import anonymize as factory
from tests.factories import registry as registry_factory
from work.models import WorkRow

DOUBT = 1e-6
RHO_MICRO = 100_000
GAMES = 10_000


def most_right(rho_micro):
    """The chance of the best guesser between data that are there and data that are not."""
    return float(ndtr(accounting.mu_of(rho_micro) / 2))


def right_share(absent, present):
    """How often the guesses were right, as seen: a blind attack would pass every bound."""
    return float(np.concatenate([absent <= 0, present > 0]).mean())


def proved(absent, present):
    """The least chance of a right guess that these records of likelihood ratios prove."""
    games = absent.size + present.size
    return bounds.share_at_least(round(right_share(absent, present) * games), games, DOUBT)


# --- Differences, membership, averages ---------------------------------------------------


@pytest.fixture(scope="module")
def crowd_of_150():
    return cohort(150)


@pytest.fixture(scope="module")
def stranger():
    """A driver unlike all others: who is easiest to find."""
    return frame(*(session("Large", 10**6, hour) for hour in range(24)))


def pair_about(target, others, **changes):
    query = query_with(rho_micro=RHO_MICRO, **changes)
    vectors = [vector_of(others, query), vector_of({**others, "target": target}, query)]
    one, other = (np.array(vector, dtype=np.int64) for vector in vectors)
    return Pair(one, other, cells.layout_of(query).sensitivity, RHO_MICRO)


def both_arms(pair, draws=GAMES // 2):
    return [guessing.log_ratios(pair, draws, is_other=is_in) for is_in in (False, True)]


def test_the_difference_of_two_releases_tells_no_more_than_the_one_that_was_charged(
    crowd_of_150, stranger
):
    """One release with the driver or without, and one that is surely without, to subtract."""
    pair = pair_about(stranger, crowd_of_150)
    direction = (pair.other - pair.one).astype(float)

    def releases(vector):
        found = mechanisms.noise(
            vector.tolist() * (GAMES // 4), sensitivity=pair.sensitivity, rho_micro=RHO_MICRO
        )
        return np.array(found.values, dtype=float).reshape(-1, vector.size) @ direction

    half = direction @ direction / 2
    absent, present = (
        releases(vector) - releases(pair.one) - half for vector in (pair.one, pair.other)
    )
    assert proved(absent, present) <= most_right(RHO_MICRO)
    assert right_share(absent, present) >= 0.52


def test_two_releases_with_a_driver_tell_as_much_as_both_charges_and_no_more(
    crowd_of_150, stranger
):
    pairs = [
        pair_about(stranger, crowd_of_150),
        pair_about(stranger, crowd_of_150, group_by=[HOURS], l0=3),
    ]
    absent, present = (sum(arm) for arm in zip(*map(both_arms, pairs), strict=True))
    share = proved(absent, present)
    assert share <= most_right(2 * RHO_MICRO)
    assert 100 * share <= accounting.guess_in_100(2 * RHO_MICRO)
    assert right_share(absent, present) >= 0.55


def test_asking_again_in_other_words_averages_the_noise_and_is_paid_for_in_full(
    crowd_of_150, stranger
):
    """As many rewordings as the cap of a window bears; their average tells what they cost."""
    asked = django_settings.PRIVACY_WINDOW_CAP_RHO_MICRO // RHO_MICRO
    assert asked >= 2
    pair = pair_about(stranger, crowd_of_150)
    absent, present = (
        sum(arm) for arm in zip(*(both_arms(pair) for _ in range(asked)), strict=True)
    )
    share = proved(absent, present)
    assert share <= most_right(asked * RHO_MICRO)
    assert share <= most_right(django_settings.PRIVACY_WINDOW_CAP_RHO_MICRO)
    assert right_share(absent, present) >= 0.55


def test_membership_of_real_drivers_is_guessed_no_better_than_was_charged(crowd_of_150, stranger):
    """The likelihood-ratio attacker over the whole noisy vector, about one driver after another."""
    names = sorted(crowd_of_150)[:: len(crowd_of_150) // 8]
    arms = []
    for name in names:
        others = {other: held for other, held in crowd_of_150.items() if other != name}
        pair = pair_about(crowd_of_150[name], others, statistics=EVERY_KIND)
        assert pair.mu <= accounting.mu_of(RHO_MICRO)
        arms.append(both_arms(pair, 100))
    absent, present = (np.concatenate(arm) for arm in zip(*arms, strict=True))
    assert proved(absent, present) <= most_right(RHO_MICRO)


# --- The store and the ledger ------------------------------------------------------------


@pytest.fixture
def market_runs(monkeypatch):
    monkeypatch.setattr(standing, "is_halted", lambda: False)


@pytest.fixture
def people(monkeypatch, market_runs):
    crowd.all_consent(monkeypatch)
    return registry_factory.make_driver()


def asked(dataset):
    return cohorts.question_sha256(dataset, [one.consent_address for one in crowd.willing()])


@pytest.mark.django_db
def test_the_same_question_is_answered_from_the_store_and_draws_nothing(people, monkeypatch):
    dataset = factory.make_dataset()
    sold = factory.make_release(
        dataset, state=Release.State.PUBLISHED, question_sha256=asked(dataset)
    )
    monkeypatch.setattr(mechanisms, "noise", None)
    for _ in range(3):
        assert planning.plan_release(dataset_id=dataset.id, price_units=9).id == sold.id
    assert not WorkRow.objects.exists()
    assert not PrivacyBudget.objects.exists()


REWORDED = {
    "title": {"title": "Energy by model, in other words"},
    "order of groups": {
        "group_by": [{"key": "vehicle_model", "domain": ["Other car", "Nissan LEAF"]}]
    },
    "name of a figure": {"statistics": [{**factory.spec()["statistics"][0], "name": "energy_2"}]},
}


@pytest.mark.django_db
@pytest.mark.parametrize("changes", REWORDED.values(), ids=REWORDED.keys())
def test_a_question_in_other_words_is_another_one(people, changes):
    """It is drawn anew, so it must be charged anew; the test below holds that."""
    assert asked(factory.make_dataset()) != asked(factory.make_dataset(**changes))


@pytest.mark.django_db(transaction=True)
def test_however_often_it_is_reworded_nobody_is_charged_beyond_the_cap(driver):
    block = Block(number=7, hash="0x" + "11" * 32, at=timezone.now())
    cap = django_settings.PRIVACY_WINDOW_CAP_RHO_MICRO
    sizes = []
    for number in range(cap // RHO_MICRO + 3):
        dataset = factory.make_dataset(title=f"The same, number {number}")
        sizes.append(
            budgeting.charge(
                release=factory.make_release(dataset),
                addresses={driver.id: factory.address()},
                windows=["2018-06"],
                block=block,
            )
        )
    assert sizes == [1] * (cap // RHO_MICRO) + [0] * 3
    assert PrivacyBudget.objects.get(driver=driver, window="2018-06").spent_rho_micro <= cap

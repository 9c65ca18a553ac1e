"""Who does what in the demo."""

import pytest

from demo.choices import FEWEST_DRIVERS, Answer, choices


def test_the_same_seed_gives_the_same_story():
    assert choices(100, 7) == choices(100, 7)
    assert choices(100, 7) != choices(100, 8)


@pytest.mark.parametrize("drivers", [FEWEST_DRIVERS, 100, 635])
def test_most_grant_some_decline_a_few_stay_silent(drivers):
    made = choices(drivers, 1)
    answers = [one.answer for one in made]
    assert len(made) == drivers
    assert 0.8 < answers.count(Answer.GRANT) / drivers < 0.9
    assert answers.count(Answer.DECLINE) >= 1
    assert answers.count(Answer.IGNORE) >= 1


@pytest.mark.parametrize("drivers", [FEWEST_DRIVERS, 635])
def test_one_erases_and_some_others_revoke_of_those_who_granted(drivers):
    made = choices(drivers, 1)
    assert sum(one.will_erase for one in made) == 1
    assert sum(one.will_revoke for one in made) >= 1
    assert not any(one.will_erase and one.will_revoke for one in made)
    leaving = [one for one in made if one.will_erase or one.will_revoke]
    assert all(one.answer is Answer.GRANT for one in leaving)
    assert not any(one.will_erase and one.may_claim for one in made)

"""New keys for old ones: what of the old one still counts, and what a stolen key can do."""

import boa
import pytest

from tests.contracts.campaigns import SETTING, change, number, padded
from tests.contracts.conftest import new_key
from tests.contracts.stewardship.changes import (
    DELAY_S,
    NOTHING,
    pending,
    propose,
    second,
    standing,
    withdraw,
)


@pytest.mark.parametrize("name", ["first_key", "second_key"])
def test_the_two_keys_must_differ(stewardship, keys, name):
    for key in keys:
        with boa.reverts("stewardship: same key twice"):
            propose(stewardship, keys[0], name, padded(key.address))


def test_one_newcomer_cannot_become_both_keys(stewardship, keys):
    newcomer = padded(new_key().address)
    for name in ("first_key", "second_key"):
        propose(stewardship, keys[0], name, newcomer)
        second(stewardship, keys[1], name, newcomer)
    boa.env.time_travel(seconds=DELAY_S)
    stewardship.enact(SETTING["first_key"])
    with boa.reverts("stewardship: nothing pending"):
        stewardship.enact(SETTING["second_key"])


@pytest.mark.parametrize("replaced", [0, 1])
def test_nobody_seconds_under_a_new_key_what_the_old_one_proposed(stewardship, keys, replaced):
    value, name = number(1_500), ("first_key", "second_key")[replaced]
    newcomer = new_key()
    propose(stewardship, keys[replaced], "fee_bps", value)
    change(stewardship, keys, name, padded(newcomer.address))
    assert pending(stewardship, "fee_bps") == NOTHING
    for key in (newcomer, keys[1 - replaced]):
        with boa.reverts("stewardship: nothing pending"):
            second(stewardship, key, "fee_bps", value)
        with boa.reverts("stewardship: nothing pending"):
            withdraw(stewardship, key, "fee_bps")
    with boa.reverts("stewardship: not a key"):
        second(stewardship, keys[replaced], "fee_bps", value)
    with boa.reverts("stewardship: nothing pending"):
        stewardship.enact(SETTING["fee_bps"])


@pytest.mark.parametrize("replaced", [0, 1])
def test_a_change_that_a_replaced_key_proposed_or_seconded_never_stands(
    stewardship, keys, replaced
):
    propose(stewardship, keys[0], "operator", padded(new_key().address))
    second(stewardship, keys[1], "operator", pending(stewardship, "operator")[0])
    change(stewardship, keys, ("first_key", "second_key")[replaced], padded(new_key().address))
    boa.env.time_travel(seconds=DELAY_S)
    with boa.reverts("stewardship: nothing pending"):
        stewardship.enact(SETTING["operator"])


def test_a_key_that_comes_back_does_not_bring_its_old_proposals(stewardship, keys):
    propose(stewardship, keys[0], "fee_bps", number(1_500))
    between = new_key()
    change(stewardship, keys, "first_key", padded(between.address))
    change(stewardship, (between, keys[1]), "first_key", padded(keys[0].address))
    with boa.reverts("stewardship: nothing pending"):
        second(stewardship, keys[1], "fee_bps", number(1_500))


@pytest.mark.parametrize("stolen", [0, 1])
def test_a_stolen_key_cannot_keep_its_place(stewardship, keys, stolen):
    """The other key proposes, the owner's copy of the stolen key seconds; the thief tries all."""
    name, newcomer = ("first_key", "second_key")[stolen], padded(new_key().address)
    thief, other = keys[stolen], keys[1 - stolen]
    propose(stewardship, thief, name, padded(new_key().address))
    propose(stewardship, other, name, newcomer)

    def thief_is_refused():
        with boa.reverts("stewardship: not by the key it replaces"):
            withdraw(stewardship, thief, name)
        with boa.reverts("stewardship: not by the key it replaces"):
            propose(stewardship, thief, name, padded(new_key().address))

    thief_is_refused()
    second(stewardship, thief, name, newcomer)
    thief_is_refused()
    with boa.reverts("stewardship: seconded already"):
        second(stewardship, thief, name, newcomer)
    boa.env.time_travel(seconds=DELAY_S)
    thief_is_refused()
    stewardship.enact(SETTING[name])
    assert standing(stewardship, name) == newcomer
    with boa.reverts("stewardship: not a key"):
        propose(stewardship, thief, "fee_bps", number(0))


def test_the_key_that_proposed_a_replacement_withdraws_it(stewardship, first_key, second_key):
    propose(stewardship, first_key, "second_key", padded(new_key().address))
    withdraw(stewardship, first_key, "second_key")
    propose(stewardship, second_key, "second_key", padded(new_key().address))
    withdraw(stewardship, second_key, "second_key")
    assert pending(stewardship, "second_key") == NOTHING

"""Two keys and a delay: success, then each refusal by its text."""

import secrets

import boa
import pytest

from tests.contracts.campaigns import NOBODY, SETTING, events_of, number, padded
from tests.contracts.conftest import FEE_BPS, YEAR_S, new_key, now
from tests.contracts.stewardship.changes import (
    DELAY_S,
    NOTHING,
    pending,
    propose,
    second,
    standing,
    withdraw,
)


def a_value(name) -> bytes:
    if name == "fee_bps":
        return number(900)
    return secrets.token_bytes(32) if name == "builder_key" else padded(new_key().address)


def test_it_begins_with_what_it_was_given_and_says_so(stewardship, keys, operator, treasury):
    logs = stewardship.get_logs()
    begun = {log.setting: log.value for log in logs if type(log).__name__ == "Enacted"}
    assert [log.builder_key for log in logs if type(log).__name__ == "BuilderKeySet"] == [begun[5]]
    assert begun == {setting: standing(stewardship, name) for name, setting in SETTING.items()}
    assert (stewardship.first_key(), stewardship.second_key()) == tuple(k.address for k in keys)
    assert (stewardship.operator(), stewardship.treasury()) == (operator.address, treasury.address)
    assert (stewardship.fee_bps(), stewardship.is_halted()) == (FEE_BPS, False)
    assert stewardship.DELAY() == DELAY_S


@pytest.mark.parametrize("name", list(SETTING))
def test_a_change_stands_after_two_keys_and_the_delay(stewardship, keys, relayer, name):
    value = a_value(name)
    propose(stewardship, keys[1], name, value)
    assert pending(stewardship, name) == (value, keys[1].address, 0)
    second(stewardship, keys[0], name, value)
    assert pending(stewardship, name) == (value, keys[1].address, now() + DELAY_S)
    assert standing(stewardship, name) != value
    boa.env.time_travel(seconds=DELAY_S)
    with boa.env.prank(relayer.address):
        stewardship.enact(SETTING[name])
    assert standing(stewardship, name) == value
    assert pending(stewardship, name) == NOTHING
    with boa.reverts("stewardship: nothing pending"):
        stewardship.enact(SETTING[name])


def test_each_step_leaves_an_event(stewardship, first_key, second_key):
    value = secrets.token_bytes(32)
    propose(stewardship, first_key, "builder_key", value)
    (proposed,) = events_of(stewardship, "Proposed")
    assert (proposed.setting, proposed.value, proposed.proposer) == (5, value, first_key.address)
    second(stewardship, second_key, "builder_key", value)
    (seconded,) = events_of(stewardship, "Seconded")
    assert (seconded.seconder, seconded.ready_at) == (second_key.address, now() + DELAY_S)
    boa.env.time_travel(seconds=DELAY_S)
    stewardship.enact(SETTING["builder_key"])
    assert [log.value for log in events_of(stewardship, "Enacted")] == [value]
    assert [log.builder_key for log in events_of(stewardship, "BuilderKeySet")] == [value]


def test_one_key_alone_changes_nothing(stewardship, first_key, second_key):
    value = number(0)
    propose(stewardship, first_key, "fee_bps", value)
    with boa.reverts("stewardship: needs the other key"):
        second(stewardship, first_key, "fee_bps", value)
    boa.env.time_travel(seconds=YEAR_S)
    with boa.reverts("stewardship: needs the other key"):
        stewardship.enact(SETTING["fee_bps"])


def test_a_change_does_not_stand_a_second_too_early(stewardship, first_key, second_key):
    propose(stewardship, first_key, "fee_bps", number(0))
    second(stewardship, second_key, "fee_bps", number(0))
    boa.env.time_travel(seconds=DELAY_S - 1)
    with boa.reverts("stewardship: too early"):
        stewardship.enact(SETTING["fee_bps"])


def test_it_refuses_strangers_and_the_operator(stewardship, operator, driver, first_key):
    propose(stewardship, first_key, "fee_bps", number(0))
    for stranger in (operator, driver):
        for act in (
            lambda key: propose(stewardship, key, "fee_bps", number(1)),
            lambda key: second(stewardship, key, "fee_bps", number(0)),
            lambda key: withdraw(stewardship, key, "fee_bps"),
        ):
            with boa.reverts("stewardship: not a key"):
                act(stranger)
        with boa.env.prank(stranger.address), boa.reverts("stewardship: not a key"):
            stewardship.resume()


@pytest.mark.parametrize(
    ("setting", "value", "reason"),
    [
        (0, number(1), "stewardship: no such setting"),
        (8, number(1), "stewardship: no such setting"),
        (1, number(1_501), "stewardship: fee above 15%"),
        (1, number(2**16), "stewardship: fee above 15%"),
        (1, b"\xff" * 32, "stewardship: fee above 15%"),
        *((setting, bytes(32), "stewardship: no address") for setting in (2, 3, 4, 6, 7)),
        *((setting, b"\xff" * 32, "stewardship: not an address") for setting in (2, 3, 4, 6, 7)),
        (5, bytes(32), "stewardship: no builder key"),
    ],
)
def test_it_refuses_a_bad_value(stewardship, first_key, setting, value, reason):
    with boa.env.prank(first_key.address), boa.reverts(reason):
        stewardship.propose(setting, value)


def test_the_highest_fee_can_be_proposed(stewardship, first_key):
    propose(stewardship, first_key, "fee_bps", number(1_500))
    assert pending(stewardship, "fee_bps")[0] == number(1_500)


def test_what_was_proposed_anew_must_be_seconded_anew(stewardship, first_key, second_key):
    propose(stewardship, first_key, "fee_bps", number(100))
    second(stewardship, second_key, "fee_bps", number(100))
    propose(stewardship, first_key, "fee_bps", number(1_500))
    assert pending(stewardship, "fee_bps") == (number(1_500), first_key.address, 0)
    with boa.reverts("stewardship: another value"):
        second(stewardship, second_key, "fee_bps", number(100))
    boa.env.time_travel(seconds=DELAY_S)
    with boa.reverts("stewardship: needs the other key"):
        stewardship.enact(SETTING["fee_bps"])


def test_either_key_withdraws_a_change_even_at_the_last_moment(stewardship, keys):
    for key in keys:
        propose(stewardship, keys[0], "treasury", padded(key.address))
        second(stewardship, keys[1], "treasury", padded(key.address))
        boa.env.time_travel(seconds=DELAY_S)
        withdraw(stewardship, key, "treasury")
        (log,) = events_of(stewardship, "Withdrawn")
        assert (log.setting, log.withdrawer) == (SETTING["treasury"], key.address)
        with boa.reverts("stewardship: nothing pending"):
            stewardship.enact(SETTING["treasury"])
        with boa.reverts("stewardship: nothing pending"):
            withdraw(stewardship, key, "treasury")
        with boa.reverts("stewardship: nothing pending"):
            second(stewardship, key, "treasury", bytes(32))


def test_a_change_is_seconded_once(stewardship, first_key, second_key):
    propose(stewardship, first_key, "fee_bps", number(0))
    second(stewardship, second_key, "fee_bps", number(0))
    with boa.reverts("stewardship: seconded already"):
        second(stewardship, second_key, "fee_bps", number(0))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"first_key": NOBODY}, "stewardship: no address"),
        ({"second_key": NOBODY}, "stewardship: no address"),
        ({"operator": NOBODY}, "stewardship: no address"),
        ({"licensor": NOBODY}, "stewardship: no address"),
        ({"treasury": NOBODY}, "stewardship: no address"),
        ({"fee_bps": 1_501}, "stewardship: fee above 15%"),
        ({"first_key": "0x" + "11" * 20, "second_key": "0x" + "11" * 20}, "same key twice"),
    ],
)
def test_it_refuses_to_begin_wrong(compiled, changed, reason):
    facts = {name: new_key().address for name in ("first_key", "second_key", "operator")}
    facts |= {"licensor": new_key().address, "treasury": new_key().address}
    facts |= {"fee_bps": FEE_BPS, "builder_key": bytes(32)} | changed
    with boa.reverts(reason if ":" in reason else f"stewardship: {reason}"):
        compiled["Stewardship"].deploy(*facts.values())

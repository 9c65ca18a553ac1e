"""Two keys and a delay: success, then each refusal by its text, then what a stolen key can do."""

import secrets

import boa
import pytest

from tests.contracts.campaigns import (
    SETTING,
    change,
    deploy_stewardship,
    events_of,
    number,
    padded,
)
from tests.contracts.conftest import FEE_BPS, YEAR_S, new_key, now

DELAY_S = 172_800
NOBODY = "0x" + "00" * 20
NOTHING = (bytes(32), NOBODY, 0)


@pytest.fixture
def first_key():
    return new_key()


@pytest.fixture
def second_key():
    return new_key()


@pytest.fixture
def keys(first_key, second_key):
    return first_key, second_key


@pytest.fixture
def stewardship(compiled, keys, operator, treasury):
    return deploy_stewardship(compiled, keys, operator, treasury)


def propose(stewardship, key, name, value):
    with boa.env.prank(key.address):
        stewardship.propose(SETTING[name], value)


def second(stewardship, key, name, value):
    with boa.env.prank(key.address):
        stewardship.second(SETTING[name], value)


def withdraw(stewardship, key, name):
    with boa.env.prank(key.address):
        stewardship.withdraw(SETTING[name])


def pending(stewardship, name):
    return stewardship.change_of(SETTING[name])


def a_value(name) -> bytes:
    if name == "fee_bps":
        return number(900)
    return secrets.token_bytes(32) if name == "builder_key" else padded(new_key().address)


def standing(stewardship, name) -> bytes:
    value = getattr(stewardship, name)()
    if name == "builder_key":
        return value
    return number(value) if name == "fee_bps" else padded(value)


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


def test_operator_and_keys_halt_and_only_keys_resume(stewardship, keys, operator, driver):
    for key in (operator, *keys):
        with boa.env.prank(key.address):
            stewardship.halt()
        assert [log.is_halted for log in events_of(stewardship, "HaltSet")] == [True]
        assert stewardship.is_halted()
        with boa.env.prank(operator.address), boa.reverts("stewardship: not a key"):
            stewardship.resume()
        with boa.env.prank(keys[0].address):
            stewardship.resume()
        assert [log.is_halted for log in events_of(stewardship, "HaltSet")] == [False]
        assert not stewardship.is_halted()
    with boa.env.prank(driver.address), boa.reverts("stewardship: not a key"):
        stewardship.halt()


def test_operator_and_keys_drop_the_builder_key_at_once(stewardship, keys, operator, driver):
    for key in (operator, *keys):
        change(stewardship, keys, "builder_key", secrets.token_bytes(32))
        assert stewardship.builder_key() != bytes(32)
        with boa.env.prank(key.address):
            stewardship.drop_builder_key()
        assert [log.builder_key for log in events_of(stewardship, "BuilderKeySet")] == [bytes(32)]
        assert stewardship.builder_key() == bytes(32)
    with boa.env.prank(driver.address), boa.reverts("stewardship: not a key"):
        stewardship.drop_builder_key()


def test_dropping_the_builder_key_leaves_the_next_one_on_its_way(stewardship, keys, operator):
    value = secrets.token_bytes(32)
    propose(stewardship, keys[0], "builder_key", value)
    second(stewardship, keys[1], "builder_key", value)
    with boa.env.prank(operator.address):
        stewardship.drop_builder_key()
    boa.env.time_travel(seconds=DELAY_S)
    stewardship.enact(SETTING["builder_key"])
    assert stewardship.builder_key() == value


def test_a_replaced_operator_has_no_word_left(stewardship, keys, operator):
    change(stewardship, keys, "operator", padded(new_key().address))
    with boa.env.prank(operator.address):
        for act in (stewardship.halt, stewardship.drop_builder_key):
            with boa.reverts("stewardship: not a key"):
                act()


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

"""What needs no second key and no delay: the halt, and dropping the builder key."""

import secrets

import boa

from tests.contracts.campaigns import SETTING, change, events_of, padded
from tests.contracts.conftest import new_key
from tests.contracts.stewardship.changes import DELAY_S, propose, second


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

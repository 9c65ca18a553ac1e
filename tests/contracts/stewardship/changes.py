"""Words of a change for its tests: propose, second, withdraw, what is pending and what stands."""

import boa

from tests.contracts.campaigns import NOBODY, SETTING, number, padded

DELAY_S = 172_800
NOTHING = (bytes(32), NOBODY, 0)


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


def standing(stewardship, name) -> bytes:
    value = getattr(stewardship, name)()
    if name == "builder_key":
        return value
    return number(value) if name == "fee_bps" else padded(value)

"""Which key to seal for is asked of the Stewardship, and a kept answer never refuses."""

import pytest

from odometer.chain import Chain
from odometer.errors import Untrusted
from protocol.hashing import sha256
from tests.sdk.world import TOKEN

OLD, NEW = b"o" * 32, b"n" * 32
STEWARDSHIP = "0x" + "51" * 20


class StewardsNode:
    """A node that knows one contract with one view each."""

    url = "http://127.0.0.1:1"

    def __init__(self):
        self.named, self.is_halted, self.asked = sha256(OLD), False, []

    def call(self, to, signature, *_args, **_options):
        self.asked.append((to, signature))
        return (self.named if signature == "builder_key()" else self.is_halted,)


@pytest.fixture
def node():
    return StewardsNode()


@pytest.fixture
def chain(node):
    return Chain(node, {"Stewardship": STEWARDSHIP}, 31337, TOKEN)


def test_the_stewards_contract_is_asked_once_for_many_uploads(chain, node):
    for _ in range(3):
        assert chain.check_builder_key(OLD) == OLD
    assert node.asked == [(STEWARDSHIP, "builder_key()")]


def test_a_key_that_was_named_a_moment_ago_is_not_refused(chain, node):
    chain.check_builder_key(OLD)
    node.named = sha256(NEW)
    assert chain.check_builder_key(NEW) == NEW
    with pytest.raises(Untrusted):
        chain.check_builder_key(OLD)


def test_nobody_seals_while_no_key_is_named(chain, node):
    node.named = bytes(32)
    with pytest.raises(Untrusted) as refusal:
        chain.check_builder_key(OLD)
    assert refusal.value.code == "builder_key_mismatch"


def test_a_halt_is_read_from_the_chain_each_time(chain, node):
    assert chain.is_halted() is False
    node.is_halted = True
    assert chain.is_halted() is True

"""All events of one kind, from the first block of ours, whatever was indexed before."""

import pytest

from chain import rereading
from chain.domain import limits
from chain.errors import NodeDown, NotDeployed


def _emit(chain, *numbers):
    for number in numbers:
        chain.emit("ConsentRegistry", "Erased", {"digest": bytes([number]) * 32})


def _heard():
    return [record.args["digest"][0] for record in rereading.every("ConsentRegistry", "Erased")]


def test_every_event_is_read_in_its_order(chain):
    _emit(chain, 3, 1, 2)
    assert _heard() == [3, 1, 2]
    assert _heard() == [3, 1, 2]  # reading leaves no mark


def test_a_node_that_answers_for_few_blocks_is_asked_for_fewer(chain, monkeypatch):
    _emit(chain, *range(1, 20))
    chain.most_blocks = 3
    monkeypatch.setattr(limits, "WIDEST", 16)
    assert _heard() == [*range(1, 20)]


def test_other_kinds_of_event_are_left_out(chain):
    _emit(chain, 1)
    person = "0x" + "11" * 20
    revoked = {"driver": person, "dataset": b"\x05" * 32, "nonce": 1}
    chain.emit("ConsentRegistry", "Revoked", revoked)
    assert _heard() == [1]


def test_a_silent_node_is_no_empty_chain(chain):
    chain.is_down = True
    with pytest.raises(NodeDown):
        _heard()


def test_only_confirmed_blocks_are_read(chain, settings):
    settings.CHAIN_CONFIRMATIONS = 3
    _emit(chain, 1, 2, 3)
    assert _heard() == [1]


def test_nothing_is_read_where_nothing_was_deployed(chain, settings):
    settings.CHAIN_ID = 5
    with pytest.raises(NotDeployed):
        _heard()

"""Contract accounts: whether a signature is theirs, by EIP-1271."""

import pytest
from eth_utils.address import to_checksum_address

from chain import outbox, reading, sending, turns
from chain.domain.calls import ContractCall
from chain.errors import CallRefused, NodeDown
from stack.rpc import call as rpc

ACCOUNT = "0x" + "ab" * 20
MAGIC = bytes.fromhex("1626ba7e")
DIGEST = bytes(range(32))
SAYS_YES = "0x631626ba7e60e01b60005260206000f3"
SAYS_THE_WORD_ALONE = "0x631626ba7e60005260206000f3"
REVERTS = "0x60006000fd"


class _Node:
    def __init__(self, answer):
        self.answer, self.asked = answer, []

    def call(self, to, data, block=None):
        self.asked.append((to, data, block))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def node(monkeypatch):
    def answers(answer):
        made = _Node(answer)
        monkeypatch.setattr("chain.node.connect", lambda: made)
        return made

    return answers


def test_a_contract_that_says_the_magic_word_signed(node):
    asked = node(MAGIC.ljust(32, b"\0")).asked
    assert reading.accepts(ACCOUNT, DIGEST, b"\7" * 65)
    assert asked[0][0] == ACCOUNT
    assert asked[0][1][:36] == MAGIC + DIGEST


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        MAGIC,
        MAGIC.rjust(32, b"\0"),
        bytes(32),
        MAGIC.ljust(64, b"\0"),
        CallRefused(reason="no"),
    ],
)
def test_anything_else_is_a_no(node, answer):
    node(answer)
    assert not reading.accepts(ACCOUNT, DIGEST, b"\7" * 65)


def test_silence_is_neither_yes_nor_no(node):
    node(NodeDown())
    with pytest.raises(NodeDown):
        reading.accepts(ACCOUNT, DIGEST, b"\7" * 65)


@pytest.mark.worlds
@pytest.mark.parametrize(
    ("code", "is_theirs"),
    [(SAYS_YES, True), (SAYS_THE_WORD_ALONE, False), (REVERTS, False), ("0x", False)],
)
def test_a_real_node_asks_the_code_that_stands_there(fresh_chain, settings, code, is_theirs):
    settings.CHAIN_RPC_URL = fresh_chain
    rpc(fresh_chain, "anvil_setCode", ACCOUNT, code)
    assert reading.accepts(ACCOUNT, DIGEST, b"\7" * 65) is is_theirs


@pytest.mark.worlds
def test_a_contract_accounts_words_are_recorded_one_by_one(real_chain):
    rpc(real_chain, "anvil_setCode", ACCOUNT, SAYS_YES)
    account, expiry = to_checksum_address(ACCOUNT), int(reading.head().at.timestamp()) + 86_400
    words = {
        "grant_by_signature": (account, DIGEST, b"t" * 32, expiry, 0, b"\7" * 65),
        "revoke_by_signature": (account, DIGEST, 1, b"\7" * 65),
    }
    for function, args in words.items():
        call = ContractCall("ConsentRegistry", function, args)
        outbox.submit(call=call, reference=f"consent.{function}:1")
        with turns.take("sending") as turn:
            sending.run(turn=turn)
        asked = ContractCall("ConsentRegistry", "are_active", ([(account, DIGEST)],))
        assert list(reading.view(asked)) == [function == "grant_by_signature"]

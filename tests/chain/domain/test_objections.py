"""Many nodes, many words, few things to say."""

import pytest

from chain.domain.objections import Objection, classify, why_no_estimate
from chain.domain.wire import Why


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", Objection.NONE),
        ("already known", Objection.NONE),  # Geth, Reth, Erigon
        ("transaction already imported", Objection.NONE),  # Anvil
        ("AlreadyKnown", Objection.NONE),  # Nethermind
        ("Known transaction", Objection.NONE),  # Besu
        ("nonce too low: next nonce 7, tx nonce 6", Objection.NONCE_USED),
        ("OldNonce, Current nonce: 7, nonce of rejected tx: 6", Objection.NONCE_USED),
        ("replacement transaction underpriced", Objection.UNDERPRICED),
        ("transaction underpriced: gas tip cap 1, minimum needed 2", Objection.UNDERPRICED),
        ("max fee per gas less than block base fee: address 0x1", Objection.UNDERPRICED),
        ("could not replace existing tx", Objection.UNDERPRICED),
        ("FeeTooLow, MaxFeePerGas too low", Objection.UNDERPRICED),
        ("ReplacementNotAllowed", Objection.UNDERPRICED),
        ("Gas price below configured minimum gas price", Objection.UNDERPRICED),
        ("insufficient funds for gas * price + value: balance 0", Objection.NO_FUNDS),
        ("Upfront cost exceeds account balance", Objection.NO_FUNDS),
        ("txpool is full", Objection.BUSY),
        ("daily request limit exceeded", Objection.BUSY),
        ("invalid sender", Objection.OTHER),
        ("no reason given", Objection.OTHER),
    ],
)
def test_a_nodes_words_mean_one_thing(words, expected):
    assert classify(words) is expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("gas required exceeds allowance (30000000)", Why.TOO_LARGE),
        ("Out of gas: gas required exceeds allowance: 30000000", Why.TOO_LARGE),
        ("transaction gas limit too high (cap: 16777216, tx: 20000000)", Why.TOO_LARGE),
        ("invalid opcode: INVALID", Why.REVERTED),
        ("header not found", Why.UNCLEAR),
    ],
)
def test_no_estimate_has_one_cause(words, expected):
    assert why_no_estimate(words) is expected

"""Buying: nothing is signed that was not agreed to."""

import time

import pytest

from odometer import buying
from odometer.errors import Untrusted
from odometer.wallet import Wallet
from protocol import typed_data
from protocol.ids import to_bytes32
from tests.sdk.wire import session
from tests.sdk.world import MARKET, SaidChain

RELEASE = "6f1c2a34-0000-4000-8000-00000000000a"
WALLET = Wallet(b"\3" * 32)


def _quote(chain, *, total=12_500_000, release=RELEASE, spender=MARKET, lasts_s=900):
    deadline = int(time.time()) + lasts_s
    order = typed_data.order(
        chain.market_domain,
        buyer=WALLET.address,
        recipient=WALLET.address,
        release=to_bytes32(release),
        max_price=total,
        deadline=deadline,
    )
    permit = typed_data.permit(
        chain.token_domain,
        owner=WALLET.address,
        spender=spender,
        value=total,
        nonce=0,
        deadline=deadline,
    )
    return {
        "id": "q-1",
        "release_id": RELEASE,
        "total_units": "12500000",
        "fee_units": "1500000",
        "order_typed_data": order,
        "permit_typed_data": permit,
    }


def test_one_order_and_one_permit_buy_a_license():
    chain = SaidChain()
    body = _quote(chain)
    caller, wire = session(
        (202, {"id": "p-1", "state": "submitted"}),
        (200, {"id": "p-1", "state": "licensed", "license_id": "l-1"}),
        (200, {"id": "l-1", "release_id": RELEASE}),
    )
    license_ = buying.Quote(caller, chain, body).buy(WALLET, max_total="12.50")
    signed = wire.bodies[0]
    for name in ("order", "permit"):
        signer = typed_data.recover(body[f"{name}_typed_data"], signed[f"{name}_signature"])
        assert signer == WALLET.address
    assert license_.id == "l-1"


def test_it_does_not_pay_more_than_the_caller_allows():
    chain = SaidChain()
    caller, wire = session()
    with pytest.raises(buying.TooExpensive, match=r"12\.49"):
        buying.Quote(caller, chain, _quote(chain)).buy(WALLET, max_total="12.49")
    assert wire.asked == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"total": 99_000_000},
        {"release": "6f1c2a34-0000-4000-8000-00000000000b"},
        {"spender": "0x" + "99" * 20},
        {"lasts_s": 400 * 24 * 3600},
        {"lasts_s": -1},
    ],
)
def test_it_signs_nothing_that_differs_from_the_quote(wrong):
    chain = SaidChain()
    caller, wire = session()
    with pytest.raises(Untrusted):
        buying.Quote(caller, chain, _quote(chain, **wrong)).buy(WALLET, max_total="100")
    assert wire.asked == []


def test_a_purchase_the_chain_refused_is_no_license():
    chain = SaidChain()
    caller, _ = session((202, {"id": "p"}), (200, {"state": "failed", "failure": "market: halted"}))
    with pytest.raises(buying.PurchaseFailed, match="halted"):
        buying.Quote(caller, chain, _quote(chain)).buy(WALLET, max_total="20")

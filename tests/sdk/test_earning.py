"""Claiming: a share must stand under the root on the chain before anything is signed."""

import pytest

from odometer import earning
from odometer.chain import ReleaseRecord
from odometer.consenting import ConsentKey
from odometer.errors import Untrusted
from protocol import merkle, typed_data
from protocol.ids import to_bytes32
from tests.sdk.wire import session
from tests.sdk.world import TOKEN, SaidChain

RELEASE = "6f1c2a34-0000-4000-8000-00000000000a"
KEY = ConsentKey.of(b"\5" * 32, "6f1c2a34-0000-4000-8000-000000000001")
OTHER = ConsentKey.of(b"\6" * 32, "6f1c2a34-0000-4000-8000-000000000001")
TO = "0x" + "55" * 20


@pytest.fixture
def shares():
    ascending = sorted([KEY.address, OTHER.address], key=lambda address: int(address, 16))
    return merkle.shares_of(ascending)


def _payout(shares):
    place = next(i for i, share in enumerate(shares) if share.address == KEY.address)
    return earning.Payout.of(
        {
            "release_id": RELEASE,
            "consent_address": KEY.address,
            "earned_units": "50",
            "claimed_units": "0",
            "claimable_units": "50",
            "share": {"start": shares[place].start, "weight": 1},
            "proof": ["0x" + word.hex() for word in merkle.proof(shares, place)],
        }
    )


def _chain(root):
    return SaidChain(release=ReleaseRecord(TOKEN.address, 100, 0, 2, 1, root, b"\0" * 32))


def test_the_claim_pays_the_address_that_was_signed(shares):
    chain = _chain(merkle.root(shares))
    caller, wire = session((202, {"id": "k-1", "state": "queued"}))
    keys = {KEY.address: KEY}
    (claim,) = earning.claim(caller, chain, [_payout(shares)], keys, TO)
    sent = wire.bodies[0]
    message = typed_data.claim(
        chain.market_domain,
        driver=KEY.address,
        to=TO,
        releases=[to_bytes32(RELEASE)],
        deadline=sent["deadline"],
    )
    assert typed_data.recover(message, sent["signature"]) == KEY.address
    assert claim.state == "queued"


def test_it_signs_nothing_for_a_share_that_is_not_under_the_root(shares):
    caller, wire = session()
    with pytest.raises(Untrusted, match="root on the chain"):
        earning.claim(caller, _chain(b"\0" * 32), [_payout(shares)], {KEY.address: KEY}, TO)
    assert wire.asked == []

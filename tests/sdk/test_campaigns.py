"""Funding: nothing is signed that the request does not say, and the escrow has the last word."""

import time
from datetime import UTC, datetime

import pytest

from odometer import campaigns, cli
from odometer.campaigns import Campaign, DataRequest, FundingFailed
from odometer.errors import Untrusted
from odometer.wallet import Wallet
from protocol import typed_data
from protocol.ids import to_bytes32
from tests.sdk.wire import session
from tests.sdk.world import SaidChain

REQUEST = "6f1c2a34-0000-4000-8000-00000000000a"
DATASET = "6f1c2a34-0000-4000-8000-00000000000b"
ESCROW = "0x" + "e5" * 20
WALLET = Wallet(b"\3" * 32)
BOUNTY, NEEDED = 1_000_000_000, 500
DEADLINE = datetime(2026, 12, 20, 12, tzinfo=UTC)


@pytest.fixture
def chain(monkeypatch):
    said = SaidChain()
    monkeypatch.setitem(said.addresses, campaigns.ESCROW, ESCROW)
    return said


def told(state="unfunded", **changes):
    return {
        "id": "c-1",
        "request_id": REQUEST,
        "dataset_id": DATASET,
        "state": state,
        "bounty_units": str(BOUNTY),
        "threshold": NEEDED,
        "consents": 0,
        "deadline_at": "2026-12-20T12:00:00Z",
        "reason": None,
    } | changes


def asked(chain, *, bounty=BOUNTY, threshold=NEEDED, recipient=None, spender=ESCROW, lasts_s=900):
    valid_until = int(time.time()) + lasts_s
    fund = typed_data.fund(
        typed_data.escrow_domain(chain.chain_id, ESCROW),
        funder=WALLET.address,
        recipient=recipient or WALLET.address,
        request=to_bytes32(REQUEST),
        dataset=to_bytes32(DATASET),
        bounty=bounty,
        threshold=threshold,
        deadline=int(DEADLINE.timestamp()),
        valid_until=valid_until,
    )
    permit = typed_data.permit(
        chain.token_domain,
        owner=WALLET.address,
        spender=spender,
        value=bounty,
        nonce=0,
        deadline=valid_until,
    )
    typed = {"fund_typed_data": fund, "permit_typed_data": permit}
    return {"request_id": REQUEST, "valid_until": valid_until, **typed}


def request(caller, chain, **changes):
    body = {"id": REQUEST, "title": "Energy", "state": "approved", "campaign": told(**changes)}
    return DataRequest(caller, chain, body)


def test_two_signatures_put_the_bounty_in_escrow(chain, monkeypatch):
    monkeypatch.setattr(campaigns, "_in_escrow", lambda now, _wallet: now)
    offer = asked(chain)
    caller, wire = session(
        (200, told()), (200, offer), (202, told("funding")), (200, told("gathering"))
    )
    campaign = request(caller, chain).fund(WALLET)
    signed = wire.bodies[0]
    for name in ("fund", "permit"):
        signer = typed_data.recover(offer[f"{name}_typed_data"], signed[f"{name}_signature"])
        assert signer == WALLET.address
    assert (signed["funder"], campaign.state) == (WALLET.address, "gathering")


@pytest.mark.parametrize(
    "wrong",
    [
        {"bounty": BOUNTY + 1},
        {"threshold": 1},
        {"recipient": "0x" + "99" * 20},
        {"spender": "0x" + "99" * 20},
        {"lasts_s": 2 * 24 * 3600},
        {"lasts_s": -1},
    ],
)
def test_it_signs_nothing_that_differs_from_the_request(chain, wrong):
    caller, wire = session((200, told()), (200, asked(chain, **wrong)))
    with pytest.raises(Untrusted):
        request(caller, chain).fund(WALLET)
    assert wire.bodies == []


def test_a_server_that_raises_the_bounty_later_is_not_followed(chain):
    more = BOUNTY * 2
    caller, wire = session((200, told(bounty_units=str(more))), (200, asked(chain, bounty=more)))
    with pytest.raises(Untrusted):
        request(caller, chain).fund(WALLET)
    assert wire.bodies == []


def test_a_bounty_the_escrow_refused_is_told(chain):
    refused = told("unfunded", reason="The contract refused: escrow: halted")
    caller, _ = session((200, told()), (200, asked(chain)), (202, told("funding")), (200, refused))
    with pytest.raises(FundingFailed, match="halted"):
        request(caller, chain).fund(WALLET)


def test_the_escrow_has_the_last_word(chain, monkeypatch):
    nothing = (bytes(32), "0x" + "0" * 40, "0x" + "0" * 40, 0, 0, 0, 0)
    monkeypatch.setattr(chain.rpc, "call", lambda *_args, **_options: nothing, raising=False)
    caller, _ = session(
        (200, told()), (200, asked(chain)), (202, told("funding")), (200, told("gathering"))
    )
    with pytest.raises(Untrusted, match="does not hold"):
        request(caller, chain).fund(WALLET)


def test_a_campaign_says_in_one_line_where_it_is(chain):
    caller, _ = session()
    campaign = Campaign(caller, chain, told("gathering", consents=312))
    assert repr(campaign) == "<Campaign gathering: 312 of 500 consents, 1,000.00 tUSD>"


def test_the_command_line_shows_a_campaign(chain, monkeypatch, capsys):
    caller, _ = session()

    class Developer:
        def __init__(self, _url):
            pass

        def data_request(self, _request_id):
            ended = {"end_tx_hash": None, "license_id": None}
            return request(caller, chain, state="gathering", consents=312, **ended)

    monkeypatch.setattr(cli, "Client", Developer)
    assert cli.main(["requests", "show", REQUEST]) == cli.DONE
    assert "state=gathering  bounty=1,000.00 tUSD  consents=312" in capsys.readouterr().out

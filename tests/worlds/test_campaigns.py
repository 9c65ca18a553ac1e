"""1,000 units for 500 drivers on a real chain: paid with 500, given back to the unit with 499."""

import secrets
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from anonymize.models import Dataset, Release
from chain import deploying, indexing, outbox, paying, reading, sending, turns
from chain.domain.calls import ContractCall
from consent import selectors as consents
from consent.models import Consent, Offer
from marketplace import advancing, requesting
from marketplace.models import Campaign, License
from odometer.amounts import Token
from odometer.chain import Chain
from odometer.rpc import Rpc
from odometer.wallet import Wallet
from protocol import typed_data
from protocol.ids import to_bytes32
from stack.rpc import call as rpc
from tests.factories import anonymize as factory

pytestmark = [pytest.mark.worlds]

BOUNTY, PRICE, NEEDED = 1_000, 900, 500
DAYS = 20


@pytest.fixture
def real_chain(fresh_chain, settings, tmp_path, transactional_db):
    """A real node with our contracts, and our database beside it."""
    settings.CHAIN_RPC_URL, settings.CHAIN_ID = fresh_chain, 31337
    settings.CHAIN_SENDER_KEY = "0x" + secrets.token_hex(32)
    settings.CHAIN_DEPLOYMENTS_DIR = tmp_path / "chain"
    settings.CHAIN_STEWARDS = [typed_data.address_of(bytes([n]) * 32) for n in (1, 2)]
    deploying.deploy(builder_key=None)
    return fresh_chain


@pytest.fixture
def wallet(real_chain):
    """An account that holds the bounty and no gas."""
    token = Token("tUSD", 6, reading.address_of(paying.CONTRACT), 31337)
    wallet = Wallet.demo()
    wallet.take_test_money(Chain(Rpc(real_chain), {}, 31337, token), BOUNTY)
    return wallet


@pytest.fixture
def campaign(real_chain, developer, admin):
    """An approved campaign whose dataset stands on the chain."""
    row = requesting.propose(
        developer=developer,
        title="How much energy does a session take?",
        why="We size chargers for car parks and need typical sessions.",
        purposes=["dpv:ScientificResearch"],
        spec=factory.spec(rho_micro=100_000),
        price_units=PRICE,
        drivers_needed=NEEDED,
        deadline_at=timezone.now() + timedelta(days=DAYS),
        bounty_units=BOUNTY,
        at=timezone.now(),
    )
    requesting.decide(
        request_id=row.id,
        admin=admin,
        decision="approve",
        reason_code="in_order",
        reason="Useful for planning, and moderate in what it costs.",
        at=timezone.now(),
    )
    chain_moves()
    assert Dataset.objects.get().state == Dataset.State.READY
    return row.campaign


@pytest.fixture
def consenting(monkeypatch):
    def stand(number):
        told = dict.fromkeys(Consent.State.values, 0) | {"active": number, "declined": 0}
        monkeypatch.setattr(consents, "counts", lambda _dataset: told)

    stand(0)
    return stand


@pytest.fixture
def fund(developer, campaign, wallet):
    """Sign twice, and let our relayer put the bounty in escrow."""
    client = APIClient()
    client.force_login(developer.user)
    path = f"/api/v1/data-requests/{campaign.request_id}/funding"

    def put_in():
        asked = client.get(path, {"funder": wallet.address}).data
        body = {
            "funder": wallet.address,
            "valid_until": asked["valid_until"],
            "fund_signature": wallet.sign(asked["fund_typed_data"]),
            "permit_signature": wallet.sign(asked["permit_typed_data"]),
        }
        assert client.post(path, body, format="json").status_code == 202
        chain_moves()

    return put_in


def chain_moves():
    with turns.take("sending") as turn:
        sending.run(turn=turn)
    with turns.take("indexing") as turn:
        indexing.run(turn=turn)


def advance(campaign, *, after=timedelta(0)):
    advancing.advance(at=timezone.now() + after)
    chain_moves()
    campaign.refresh_from_db()


def units_of(holder):
    return int(reading.view(ContractCall(paying.CONTRACT, "balanceOf", (holder,))))


def escrow_units():
    return units_of(reading.address_of("CampaignEscrow"))


def publish(release):
    """Put the planned release on the chain as the builder's publication does."""
    Release.objects.filter(id=release.id).update(
        state=Release.State.PUBLISHING,
        manifest={"contributors": {"total_weight": NEEDED}},
        manifest_digest="0x" + "ab" * 32,
    )
    digest = secrets.token_bytes(32)
    block = reading.head().number
    facts = (to_bytes32(release.id), to_bytes32(release.dataset_id), digest, digest, digest)
    args = (*facts, NEEDED, release.rho_micro, release.price_units, block)
    call = ContractCall("ReleaseMarket", "publish", args)
    outbox.submit(call=call, reference=f"anonymize.release:{release.id}")
    chain_moves()


def paid(campaign, fund, consenting):
    """Go the whole way to the paid release."""
    fund()
    advance(campaign)
    consenting(NEEDED)
    advance(campaign)
    publish(Release.objects.get())
    advance(campaign)


def test_with_499_consents_every_unit_comes_back(campaign, fund, consenting, wallet, real_chain):
    assert not Offer.objects.exists()
    fund()
    advance(campaign)
    assert Offer.objects.get().state == Offer.State.OPEN
    assert (escrow_units(), units_of(wallet.address)) == (BOUNTY, 0)

    consenting(NEEDED - 1)
    advance(campaign)
    assert not Release.objects.exists()
    rpc(real_chain, "evm_increaseTime", DAYS * 86_400 + 3_600)
    rpc(real_chain, "evm_mine")
    advance(campaign, after=timedelta(days=DAYS, hours=1))

    assert campaign.state == Campaign.State.REFUNDED
    assert (escrow_units(), units_of(wallet.address)) == (0, BOUNTY)
    assert Offer.objects.get().state == Offer.State.CLOSED


def test_with_500_the_release_is_built_paid_and_licensed(
    campaign, fund, consenting, wallet, developer
):
    paid(campaign, fund, consenting)
    assert campaign.state == Campaign.State.SETTLED
    license_ = License.objects.get()
    assert (license_.developer, license_.recipient) == (developer, wallet.address)
    assert (campaign.price_units, campaign.change_units) == (PRICE, BOUNTY - PRICE)
    market = units_of(reading.address_of("ReleaseMarket"))
    assert (escrow_units(), units_of(wallet.address), market) == (0, BOUNTY - PRICE, PRICE)


def test_after_a_fork_it_is_paid_once(campaign, fund, consenting, wallet, real_chain):
    paid(campaign, fund, consenting)
    rpc(real_chain, "anvil_reorg", 1, [])
    for _ in range(3):
        advance(campaign)
    assert campaign.state == Campaign.State.SETTLED
    assert License.objects.count() == 1
    assert (escrow_units(), units_of(wallet.address)) == (0, BOUNTY - PRICE)

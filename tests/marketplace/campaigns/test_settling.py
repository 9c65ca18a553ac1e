"""A published release is paid once from the bounty, and the license is the developer's."""

from datetime import timedelta

import pytest

from chain import reading
from chain.domain.calls import EventRecord
from consent.models import Offer
from marketplace import events
from marketplace.models import Campaign, License
from protocol.ids import to_bytes32
from tests.marketplace.campaigns.course import (
    BOUNTY,
    NEEDED,
    PRICE,
    advance,
    functions,
    heard,
    published,
    shown,
)

pytestmark = pytest.mark.django_db


def test_a_published_release_is_paid_once(funded, as_developer):
    published(funded, NEEDED)
    advance(funded)
    advance(funded)
    assert functions()[-1] == "settle"
    assert functions().count("settle") == 1
    assert shown(as_developer, funded)["state"] == "settling"


@pytest.mark.parametrize(
    ("drivers", "changes"), [(NEEDED - 1, {}), (NEEDED, {"price_units": BOUNTY + 1})]
)
def test_a_release_with_too_few_drivers_or_too_dear_is_not_paid(funded, drivers, changes):
    published(funded, drivers, **changes)
    advance(funded)
    assert "settle" not in functions()


def test_settled_the_license_is_the_developers(funded, accredited, as_developer):
    release = published(funded, NEEDED)
    advance(funded)
    escrow = reading.address_of("CampaignEscrow")
    sold = heard("Settled", funded, release=to_bytes32(release.id))
    events.license_bought(
        EventRecord(
            contract="ReleaseMarket",
            name="Bought",
            args={
                "release": to_bytes32(release.id),
                "buyer": escrow,
                "recipient": funded.recipient,
                "price": PRICE,
                "fee": 108,
            },
            block_number=9,
            block_hash=sold.block_hash,
            block_at=sold.block_at,
            tx_hash=sold.tx_hash,
            log_index=1,
        )
    )
    for _ in range(2):  # hearing it again changes nothing
        events.campaign_settled(sold)
    told = shown(as_developer, funded)
    assert License.objects.get().developer == accredited
    assert (told["state"], told["license_id"]) == ("settled", str(License.objects.get().id))
    assert (told["price_units"], told["change_units"]) == (str(PRICE), str(BOUNTY - PRICE))
    assert Offer.objects.get().state == Offer.State.CLOSED


def test_a_settlement_that_leaves_the_chain_is_on_its_way_again(funded):
    release = published(funded, NEEDED)
    advance(funded)
    sold = heard("Settled", funded, release=to_bytes32(release.id))
    events.campaign_settled(sold)
    events.settlement_undone(sold)
    advance(funded)
    assert (funded.state, funded.price_units) == (Campaign.State.FUNDED, None)
    assert functions().count("settle") == 1


def test_a_settlement_the_contract_refuses_is_tried_again_after_a_pause(funded):
    published(funded, NEEDED)
    advance(funded)
    events.settlement_refused(f"marketplace.settle:{funded.id}.1", "market: halted")
    advance(funded)
    assert functions().count("settle") == 1
    advance(funded, after=timedelta(minutes=6))
    assert functions().count("settle") == 2

"""A pool, its contributors' keys, and what the chain says about it."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from chain import paying
from chain.domain.calls import EventRecord
from payouts import claiming, opening
from payouts.models import Claim, Pool, Share
from protocol import ids, typed_data
from registry.models import Driver

MARKET = "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512"
KEYS = [bytes([number]) * 32 for number in (11, 12, 13)]
MINE = KEYS[0]
PAYOUT_ADDRESS = typed_data.address_of(b"\x21" * 32)


@pytest.fixture
def now():
    return timezone.now().replace(microsecond=0)


@pytest.fixture(autouse=True)
def contracts(settings, tmp_path, monkeypatch):
    """The market stands at a known address; the token is known without a node."""
    settings.CHAIN_DEPLOYMENTS_DIR = tmp_path
    facts = {
        "chain_id": settings.CHAIN_ID,
        "contracts": {"ReleaseMarket": {"address": MARKET, "block": 1, "artifact_sha256": ""}},
    }
    (tmp_path / f"{settings.CHAIN_ID}.json").write_text(json.dumps(facts))
    token = paying.PaymentToken("Test Dollar", "tUSD", 6, MARKET, settings.CHAIN_ID)
    monkeypatch.setattr(paying, "payment_token", lambda: token)


@pytest.fixture
def new_pool(driver, other_driver):
    """Open the pool of a new release: one share is the driver's, two are another driver's."""

    def make(pool_per_sale_units: int = 11_000_000) -> Pool:
        owners = [driver, other_driver, other_driver]
        return opening.open_pool(
            release_id=uuid4(),
            dataset_id=uuid4(),
            title="Charging at work, June 2018",
            addresses=[
                (typed_data.address_of(key), owner) for key, owner in zip(KEYS, owners, strict=True)
            ],
            pool_per_sale_units=pool_per_sale_units,
        )

    return make


@pytest.fixture
def pool(new_pool):
    return new_pool()


@pytest.fixture
def share(pool, driver):
    return pool.shares.get(driver=driver)


@pytest.fixture
def heard(now):
    """Make an event of the market, as the indexer would tell it."""

    def make(name: str, pool: Pool, *, block: int = 7, **args: Any) -> EventRecord:
        return EventRecord(
            contract="ReleaseMarket",
            name=name,
            args={"release": ids.to_bytes32(pool.release_id), **args},
            block_number=block,
            block_hash="0x" + f"{block:064x}",
            block_at=now + timedelta(seconds=block),
            tx_hash="0x" + f"{block:064x}",
            log_index=0,
        )

    return make


@pytest.fixture
def bought(heard):
    def make(pool: Pool, *, block: int = 7) -> Any:
        people = {"buyer": PAYOUT_ADDRESS, "recipient": PAYOUT_ADDRESS}
        return heard("Bought", pool, block=block, price=12_500_000, fee=1_500_000, **people)

    return make


@pytest.fixture
def paid(heard):
    def make(pool: Pool, share: Share, *, sales: int, block: int = 9) -> Any:
        amount = (sales - share.claimed_sales) * share.per_sale_units
        return heard(
            "Claimed",
            pool,
            block=block,
            driver=share.consent_address,
            to=PAYOUT_ADDRESS,
            amount=amount,
            sales=sales,
        )

    return make


@pytest.fixture
def signed_claim(settings, now):
    """Return the body of a claim of the driver's key on some pools."""

    def make(*pools: Pool, key: bytes = MINE, lasts_s: int = 3600, to: str = PAYOUT_ADDRESS) -> Any:
        deadline = int(now.timestamp()) + lasts_s
        address = typed_data.address_of(MINE)
        message = typed_data.claim(
            typed_data.market_domain(settings.CHAIN_ID, MARKET),
            driver=address,
            to=to,
            releases=[ids.to_bytes32(pool.release_id) for pool in pools],
            deadline=deadline,
        )
        return {
            "consent_address": address,
            "release_ids": [pool.release_id for pool in pools],
            "to": to,
            "deadline": deadline,
            "signature": typed_data.sign(key, message),
        }

    return make


@pytest.fixture
def claim_of(signed_claim, now):
    """Sign a claim of the driver's key and hand it in; `instead` swaps parts after signing."""

    def make(driver: Driver, *pools: Pool, instead: Any = None, **signing: Any) -> Claim:
        body = signed_claim(*pools, **signing)
        return claiming.claim(driver=driver, at=now, **{**body, **(instead or {})})

    return make

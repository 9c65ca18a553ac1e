"""A market, its stewardship and the escrow before it, with a dataset and a release."""

from typing import Any, NamedTuple

import pytest

from tests.contracts.campaigns import deploy_stewardship
from tests.contracts.market import open_dataset, publish


class House(NamedTuple):
    """The contracts that a campaign meets."""

    stewardship: Any
    market: Any
    escrow: Any


@pytest.fixture
def house(compiled, keys, operator, treasury) -> House:
    stewardship = deploy_stewardship(compiled, keys, operator, treasury)
    market = compiled["ReleaseMarket"].deploy(stewardship.address)
    escrow = compiled["CampaignEscrow"].deploy(market.address, stewardship.address)
    return House(stewardship, market, escrow)


@pytest.fixture
def escrow(house):
    return house.escrow


@pytest.fixture
def asked(house, operator, token) -> bytes:
    return open_dataset(house.market, operator, token)


@pytest.fixture
def release(house, operator, asked, tree) -> bytes:
    return publish(house.market, operator, asked, tree)

"""What is attacked: a release on sale and the escrow before its market."""

import pytest

from tests.contracts.market import publish


@pytest.fixture
def release(market, operator, dataset_on_chain, tree):
    return publish(market, operator, dataset_on_chain, tree)


@pytest.fixture
def escrow(compiled, market, stewardship):
    return compiled["CampaignEscrow"].deploy(market.address, stewardship.address)

"""A stewardship in the hands of two keys."""

import pytest

from tests.contracts.campaigns import deploy_stewardship


@pytest.fixture
def stewardship(compiled, keys, operator, treasury):
    return deploy_stewardship(compiled, keys, operator, treasury)

"""A driver's own wallet, connected."""

import pytest
from rest_framework.test import APIClient

from registry.models import Wallet
from tests.registry.signing import WALLET, connect


@pytest.fixture
def connected(as_driver: APIClient) -> Wallet:
    assert connect(as_driver, WALLET).status_code == 201
    return Wallet.objects.get()

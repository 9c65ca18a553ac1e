"""Every test here meets real nodes."""

import pytest
from pytest_socket import enable_socket

from tests.worlds.nodes import (
    anvil,
    embedded_store,
    fresh_chain,
    kubo,
    node_places,
    stack,
    valkey,
)

__all__ = ["anvil", "embedded_store", "fresh_chain", "kubo", "node_places", "stack", "valkey"]


@pytest.fixture(autouse=True)
def _open_sockets() -> None:
    enable_socket()

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
from tests.worlds.storing import door, own_node, sealed, work

__all__ = [
    "anvil",
    "door",
    "embedded_store",
    "fresh_chain",
    "kubo",
    "node_places",
    "own_node",
    "sealed",
    "stack",
    "valkey",
    "work",
]


@pytest.fixture(autouse=True)
def _open_sockets() -> None:
    enable_socket()

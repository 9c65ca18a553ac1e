"""Views at a named block, and where the contracts stand."""

import pytest
import requests

from chain import deployed, reading
from chain.domain.calls import ContractCall
from chain.errors import CallRefused, NotDeployed
from chain.node import RpcNode
from common.errors import Unavailable
from tests.fakes.chain import ADDRESSES


def test_the_head_is_the_newest_block_with_enough_confirmations(chain, settings):
    for _ in range(9):
        chain.mine()
    assert reading.head().number == 9
    settings.CHAIN_CONFIRMATIONS = 4
    assert reading.head() == chain.mined[6]


def test_a_view_is_decoded(chain):
    chain.views["nonces"] = lambda _driver, _dataset: 7
    asked = ContractCall("ConsentRegistry", "nonces", ("0x" + "11" * 20, b"d" * 32))
    assert reading.view(asked, block=0) == 7


def test_a_view_that_refuses_gives_the_contracts_text(chain):
    chain.refusals["stewardship"] = "room: no"
    with pytest.raises(CallRefused) as refused:
        reading.view(ContractCall("ReleaseMarket", "stewardship"))
    assert refused.value.facts == {"reason": "room: no"}


def test_addresses_come_from_the_deployment(chain):
    assert reading.address_of("ReleaseMarket") == ADDRESSES["ReleaseMarket"]
    assert reading.chain_id() == 31337


def test_without_a_deployment_it_says_so(settings, tmp_path):
    settings.CHAIN_DEPLOYMENTS_DIR = tmp_path / "nothing"
    assert deployed.names_by_address() == {}
    with pytest.raises(NotDeployed):
        reading.address_of("ReleaseMarket")
    with pytest.raises(NotDeployed):
        deployed.first_block()


def test_a_closed_port_is_an_unavailable_chain(monkeypatch):
    def refuse(*_args, **_options):
        raise requests.ConnectionError

    monkeypatch.setattr(requests.Session, "post", refuse)
    with pytest.raises(Unavailable):
        RpcNode("http://127.0.0.1:9", 1).chain_id()

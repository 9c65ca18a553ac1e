"""Contracts are deployed once each, through the lane."""

import pytest
from django.core.management import CommandError, call_command

from chain import deployed, deploying, signing
from chain.errors import NotDeployed
from chain.models import OutboundCall


@pytest.fixture
def empty_chain(chain):
    deployed.file().unlink()
    return chain


def test_it_deploys_each_contract_and_writes_where_it_stands(empty_chain, db):
    deployment = deploying.deploy(builder_key=None)
    assert set(deployment["contracts"]) == {"ConsentRegistry", "ReleaseMarket", "TestStablecoin"}
    assert deployed.read() == deployment
    assert deployment["operator"] == signing.sender().address
    assert empty_chain.funds == {signing.sender().address: deploying.DEV_FUNDS_WEI}


def test_the_test_token_is_for_the_development_chain_alone(empty_chain, db, settings):
    settings.CHAIN_ID = 1
    assert "TestStablecoin" not in deploying.deploy(builder_key=None)["contracts"]
    assert empty_chain.funds == {}


def test_what_stands_is_left_alone(chain, db):
    before = deployed.read()["contracts"]
    chain.views["builder_key"] = lambda: b"k" * 32
    assert deploying.deploy(builder_key=b"k" * 32)["contracts"] == before
    assert OutboundCall.objects.count() == 0


def test_another_builder_key_is_named(chain, db):
    chain.views["builder_key"] = lambda: bytes(32)
    deploying.deploy(builder_key=b"k" * 32)
    assert OutboundCall.objects.get().function == "set_builder_key"


def test_nothing_is_deployed_without_a_key(empty_chain, db, settings):
    settings.CHAIN_SENDER_KEY = ""
    with pytest.raises(NotDeployed):
        deploying.deploy(builder_key=None)


def test_a_node_of_another_chain_is_refused(empty_chain, db, settings):
    settings.CHAIN_ID = 5
    with pytest.raises(CommandError):
        call_command("deploy_contracts")

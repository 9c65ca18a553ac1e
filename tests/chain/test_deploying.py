"""Contracts are deployed once each, in their order, through the lane."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from chain import contracts, deployed, deploying, signing, standing
from chain.domain.calls import ContractCall
from chain.errors import ChainReplaced, NodeDown, NoStewards, NotDeployed
from chain.management.commands.deploy_contracts import DIFFERS
from chain.models import OutboundCall

KEY = b"k" * 32


@pytest.fixture
def empty_chain(chain):
    deployed.file().unlink()
    return chain


@pytest.fixture
def agreed(chain, settings):
    """The chain says what this house would say."""
    chain.views["operator"] = lambda: signing.sender().address
    chain.views["builder_key"] = lambda: KEY
    return chain


def change_file(**facts):
    deployed.file().write_text(json.dumps(deployed.read() | facts))


def made():
    return list(OutboundCall.objects.order_by("created_at").values_list("contract", flat=True))


def test_it_deploys_each_contract_and_writes_where_it_stands(empty_chain, db):
    deployment = deploying.deploy(builder_key=None)
    assert made() == list(deploying.STANDS_ON) == list(deployment["contracts"])
    assert deployed.read() == deployment
    assert deployment["operator"] == signing.sender().address
    assert deployment["genesis_hash"] == empty_chain.mined[0].hash
    assert empty_chain.funds == {signing.sender().address: deploying.DEV_FUNDS_WEI}


def test_the_first_stewards_fee_and_builder_key_are_the_settings(empty_chain, db, settings):
    deployment = deploying.deploy(builder_key=KEY)
    operator = signing.sender().address
    args = (*settings.CHAIN_STEWARDS, operator, operator, operator, settings.FEE_BPS, KEY)
    wanted = contracts.calldata(ContractCall("Stewardship", contracts.CONSTRUCTOR, args))
    assert bytes(OutboundCall.objects.get(contract="Stewardship").calldata) == wanted
    assert list(deployment["stewards"].values()) == settings.CHAIN_STEWARDS


def test_the_test_token_is_for_the_development_chain_alone(empty_chain, db, settings):
    settings.CHAIN_ID, empty_chain.chain_id = 1, lambda: 1
    assert "TestStablecoin" not in deploying.deploy(builder_key=None)["contracts"]
    assert empty_chain.funds == {}


def test_what_stands_is_left_alone(chain, db, settings):
    before, settings.CHAIN_STEWARDS = deployed.read(), []
    assert deploying.deploy(builder_key=KEY) == before
    assert made() == []


def test_a_contract_that_leans_on_one_made_anew_is_made_anew(chain, db):
    facts = deployed.read()["contracts"]
    facts["ReleaseMarket"]["stands_on"] = {"Stewardship": "0x" + "77" * 20}
    change_file(contracts=facts)
    deploying.deploy(builder_key=None)
    assert made() == ["ReleaseMarket", "CampaignEscrow"]


def test_a_run_that_broke_off_is_taken_up(empty_chain, db, monkeypatch):
    empty_chain.is_mining = False
    monkeypatch.setattr(deploying, "PATIENCE_S", 0)
    with pytest.raises(NodeDown):
        deploying.deploy(builder_key=None)
    assert len(made()) == 1
    empty_chain.is_mining = True
    monkeypatch.setattr(deploying, "PATIENCE_S", 60)
    deploying.deploy(builder_key=None)
    assert made() == list(deploying.STANDS_ON)


def test_what_a_worker_confirmed_after_the_run_broke_off_is_not_made_again(empty_chain, db):
    first = deploying.deploy(builder_key=None)["contracts"]
    deployed.file().unlink()
    again = deploying.deploy(builder_key=None)["contracts"]
    assert {name: fact["address"] for name, fact in again.items()} == {
        name: fact["address"] for name, fact in first.items()
    }
    assert made() == list(deploying.STANDS_ON)


def test_on_a_development_chain_that_began_anew_all_is_made_anew(chain, db):
    change_file(genesis_hash="0x" + "00" * 32)
    deploying.deploy(builder_key=None)
    assert made() == list(deploying.STANDS_ON)


def test_a_public_chain_never_begins_anew(chain, db, settings):
    change_file(genesis_hash="0x" + "00" * 32)
    facts, settings.CHAIN_ID = deployed.read(), 1
    deployed.file().write_text(json.dumps(facts))
    with pytest.raises(ChainReplaced):
        deploying.deploy(builder_key=None)


def test_nothing_is_deployed_without_a_key(empty_chain, db, settings):
    settings.CHAIN_SENDER_KEY = ""
    with pytest.raises(NotDeployed):
        deploying.deploy(builder_key=None)


@pytest.mark.parametrize("chain_id", [1, 31337])
def test_nothing_is_deployed_without_two_stewards(empty_chain, db, settings, chain_id):
    settings.CHAIN_ID = chain_id
    first, second = settings.CHAIN_STEWARDS
    operator = signing.sender().address
    for named in ([], [first], [first, first], [first, operator], [first, second[:-1]]):
        settings.CHAIN_STEWARDS = named
        with pytest.raises(NoStewards, match="CHAIN_STEWARDS"):
            deploying.deploy(builder_key=None)
    assert made() == []


def test_a_node_of_another_chain_is_refused(empty_chain, db, settings):
    settings.CHAIN_ID = 5
    with pytest.raises(CommandError, match="another chain"):
        call_command("deploy_contracts")


def test_the_command_says_where_each_contract_stands(agreed, db):
    said = io.StringIO()
    call_command("deploy_contracts", builder_key_sha256=KEY.hex(), stdout=said)
    assert [line.split()[0] for line in said.getvalue().splitlines()] == list(
        deployed.read()["contracts"]
    )


@pytest.mark.parametrize(
    ("view", "answer", "words"),
    [
        ("fee_bps", 900, ("fee_differs", "FEE_BPS=900", "steward propose fee_bps 1200")),
        ("builder_key", b"x" * 32, ("another builder key", f"propose builder_key {KEY.hex()}")),
        ("builder_key", bytes(32), ("no builder key", f"propose builder_key {KEY.hex()}")),
        ("operator", "0x" + "99" * 20, ("operator_differs", "steward propose operator 0x")),
    ],
)
def test_the_command_names_a_difference_and_the_way_out(agreed, db, view, answer, words):
    agreed.views[view] = lambda: answer
    with pytest.raises(CommandError) as refusal:
        call_command("deploy_contracts", builder_key_sha256=KEY.hex(), stdout=io.StringIO())
    assert refusal.value.returncode == DIFFERS
    for word in words:
        assert word in str(refusal.value)
    assert made() == []


def test_another_build_on_the_chain_is_a_finding(agreed, db):
    facts = deployed.read()["contracts"]
    facts["ConsentRegistry"]["artifact_sha256"] = "00" * 32
    change_file(contracts=facts)
    (finding,) = standing.findings(key_digest=KEY)
    assert (finding.code, "ConsentRegistry" in finding.detail) == ("contracts_differ", True)

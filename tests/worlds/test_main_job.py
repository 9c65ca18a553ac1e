"""The main job, end to end, on real nodes: what demo.json says must hold together."""

import pytest

import odometer as od
from odometer import erasing
from odometer.uploading import Builder
from tests.worlds import demos

pytestmark = pytest.mark.worlds


@pytest.fixture(scope="module")
def told(stack):
    output = demos.finish(demos.start(stack))
    return {**demos.saved(stack), "output": output}


def test_every_driver_enrolled_and_every_file_is_pinned(told):
    assert told["drivers"]["enrolled"] == demos.DRIVERS
    assert told["pins"]["of_this_demo"] == told["pins"]["wanted"] == demos.DRIVERS - 1


def test_most_granted_some_declined_a_few_left(told):
    consents = told["consents"]
    assert consents["granted"] > 0.8 * demos.DRIVERS
    assert consents["declined"] >= 1
    assert consents["revoked"] >= 2  # who revoked, and who erased everything


def test_the_second_release_leaves_out_who_left(told):
    first, second = told["releases"]
    assert first["contributors"] == told["consents"]["granted"]
    assert second["contributors"] == first["contributors"] - told["consents"]["revoked"]
    assert second["consent_block"] > first["consent_block"]


def test_every_unit_is_fee_or_pool_and_every_pool_unit_is_claimed_or_claimable(told):
    for book in told["money"]:
        units = {name: int(value) for name, value in book.items() if name.endswith("_units")}
        assert units["price_units"] == units["fee_units"] + units["pool_units"]
        assert units["pool_units"] == units["claimed_units"] + units["claimable_units"]
    assert told["claims"] > 0
    assert told["purchases"] == 2


def test_the_privacy_spent_stands_on_the_chain_and_the_cap_holds(told):
    spent = sum(release["rho_micro"] for release in told["releases"])
    assert told["dataset"]["rho_spent_micro"] == spent
    assert told["dataset"]["over_the_cap"] == "market: privacy cap exceeded"


def test_the_erased_upload_is_gone_for_everybody(told, stack):
    gone = told["erasure"]
    assert gone["state"] == "finished"
    assert gone["uploads"] == 1
    assert not gone["is_pinned"]
    assert not gone["is_on_the_node"]
    assert gone["key_answers"] in {401, 404}


def test_a_simulated_fleet_is_called_one_wherever_it_is_shown(told, stack):
    assert told["is_simulated"] is True
    assert all(release["is_simulated"] for release in told["releases"])
    assert "SIMULATED FLEET" in told["output"]
    products = list(od.Client(stack.web_url).products())
    assert products
    assert all(product.title.startswith("Simulated") for product in products)
    assert all(product.is_simulated for product in products)


def test_it_names_every_node_and_every_step(told):
    assert {node["name"] for node in told["nodes"]} >= {"queue", "chain", "ipfs", "database"}
    assert told["seconds"]["total"] > 0
    assert {"enrol_and_upload", "build_first", "claim"} <= set(told["seconds"])


def test_a_stranger_can_verify_a_release_and_the_builder_key(told, stack):
    client = od.Client(stack.web_url)
    manifest = client.release(told["releases"][0]["id"]).manifest()
    assert manifest["spec_sha256"] == told["releases"][0]["spec_sha256"]
    assert Builder.of(client.session, client.chain).public_key


def test_a_proof_of_erasure_that_names_another_upload_does_not_hold(told, stack):
    chain = od.Client(stack.web_url).chain
    proof = {
        "chain_id": chain.chain_id,
        "contract": chain.registry,
        "uploads": [{"digest": "0x" + erasing.tombstone("not this one").hex()}],
    }
    with pytest.raises(od.Untrusted, match="no tombstone"):
        erasing.verify(proof, chain)


def test_a_demo_may_run_again_where_one_ran_before(told, stack):
    demos.finish(demos.start(stack))
    again = demos.saved(stack)
    assert again["batch"] == told["batch"] + 1
    assert again["drivers"]["enrolled"] == demos.DRIVERS

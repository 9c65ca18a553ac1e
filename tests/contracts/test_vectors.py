"""The contracts meet the vectors that Python and the browser meet, at the vectors' addresses."""

import json
from pathlib import Path
from typing import Any

import boa
import pytest

from protocol import merkle, typed_data
from protocol.hashing import keccak256
from tests.contracts.conftest import new_key
from tests.contracts.market import publish
from tests.contracts.stateful import signing

VECTORS = Path(typed_data.__file__).with_name("vectors")
HOMES = {
    "Odometer ConsentRegistry": "ConsentRegistry",
    "Odometer ReleaseMarket": "ReleaseMarket",
    "Odometer CampaignEscrow": "CampaignEscrow",
    "Test Dollar": "TestStablecoin",
}


def read(name):
    return json.loads((VECTORS / f"{name}.json").read_text())


SIGNED = read("typed_data")
MESSAGES = {case["typed"]["primaryType"]: case for case in SIGNED["messages"]}
TREES = read("merkle")
ALLOTMENTS = [case for case in read("allotment") if int(case["pool_units"]) < 2**80]
"""Those with a price that the market takes."""


def value(text):
    is_hex = isinstance(text, str) and text.startswith("0x")
    return bytes.fromhex(text[2:]) if is_hex and len(text) == 66 else text


def facts(name) -> dict:
    """Return what was signed, as a contract takes it, and the signature."""
    case = MESSAGES[name]
    message = {field: value(text) for field, text in case["typed"]["message"].items()}
    return message | {"signature": bytes.fromhex(case["signature"][2:])}


def early():
    """Let it be a time and a chain at which the vectors are good."""
    domain = MESSAGES["Grant"]["typed"]["domain"]
    boa.env.evm.patch.chain_id = domain["chainId"]
    boa.env.evm.patch.timestamp = facts("Grant")["expiry"] - 300 * 86_400


@pytest.fixture
def homes(compiled, stewardship):
    """Deploy each contract at the address that the vectors were signed for."""
    early()
    made: dict[str, Any] = {}
    for case in MESSAGES.values():
        domain = case["typed"]["domain"]
        name = HOMES[domain["name"]]
        if name in made:
            continue
        sent = {
            "ReleaseMarket": [stewardship.address],
            "CampaignEscrow": [
                getattr(made.get("ReleaseMarket"), "address", None),
                stewardship.address,
            ],
        }.get(name, [])
        at = domain["verifyingContract"]
        made[name] = compiled[name].deploy(*sent, override_address=at)
    return made


def test_every_contract_says_the_domain_that_was_signed(homes):
    for case in MESSAGES.values():
        domain = case["typed"]["domain"]
        told = homes[HOMES[domain["name"]]].eip712Domain()
        assert (told[1], told[2], told[3], str(told[4])) == tuple(
            domain[field] for field in ("name", "version", "chainId", "verifyingContract")
        )


def word(found):
    """Return a member of a message as the machines' own signing takes it."""
    if isinstance(found, list):
        return keccak256(b"".join(value(member) for member in found))
    found = value(found)
    return int(found) if isinstance(found, str) and found.isdigit() else found


def test_the_machines_sign_the_same_digests():
    for name, case in MESSAGES.items():
        typed = case["typed"]
        home = [typed["domain"][field] for field in ("name", "chainId", "verifyingContract")]
        words = [word(typed["message"][field["name"]]) for field in typed["types"][name]]
        digest = signing.digest(signing.separator(*home), name, *words)
        assert digest.hex() == case["digest"]


def test_the_registry_takes_the_words_of_consent(homes):
    registry, driver = homes["ConsentRegistry"], SIGNED["address"]
    grant, renew, leave = (facts(name) for name in ("Grant", "Renew", "Revoke"))
    dataset = grant["dataset"]
    high_s = bytes.fromhex(SIGNED["high_s"][2:])
    sent = [grant[name] for name in ("driver", "dataset", "terms", "expiry", "nonce")]
    with boa.reverts("consent: wrong signature"):
        registry.grant_by_signature(*sent, high_s)
    registry.grant_by_signature(*sent, grant["signature"])
    assert registry.consent_of(driver, dataset) == (grant["expiry"], 1, grant["terms"][:16])
    with boa.env.anchor():
        sent = [renew[name] for name in ("driver", "dataset", "expiry", "nonce")]
        registry.renew_by_signature(*sent, renew["signature"])
        assert registry.consent_of(driver, dataset)[:2] == (renew["expiry"], 2)
    sent = [leave[name] for name in ("driver", "dataset", "nonce")]
    registry.revoke_by_signature(*sent, leave["signature"])
    assert registry.consent_of(driver, dataset) == (0, 2, bytes(16))


def test_the_registry_takes_their_short_forms(homes):
    registry = homes["ConsentRegistry"]
    fields = {
        "Grant": ("driver", "dataset", "terms", "expiry", "nonce"),
        "Renew": ("driver", "dataset", "expiry", "nonce"),
        "Revoke": ("driver", "dataset", "nonce"),
    }

    def send(name):
        short = [bytes.fromhex(half) for half in MESSAGES[name]["compact"]]
        item = (*(facts(name)[field] for field in fields[name]), *short)
        getattr(registry, f"{name.lower()}_batch")([item])
        return [type(log).__name__ for log in registry.get_logs()]

    assert send("Grant") == ["Granted"]
    with boa.env.anchor():
        assert send("Renew") == ["Renewed"]
    assert send("Revoke") == ["Revoked"]


def test_the_market_takes_the_order_and_the_claim(homes, stewardship, operator):
    market, coin = homes["ReleaseMarket"], homes["TestStablecoin"]
    order, claim = facts("Order"), facts("Claim")
    driver, releases = SIGNED["address"], [value(name) for name in claim["releases"]]
    tree, price = merkle.Tree([merkle.Share(driver, 0, 1)]), 1_000
    dataset = b"\x07" * 32
    with boa.env.prank(operator.address):
        market.create_dataset(dataset, coin.address, stewardship.fee_bps(), 10**6)
    for release in releases:
        publish(market, operator, dataset, tree, 1, release=release, price=price)
    coin.mint(driver, price)
    with boa.env.prank(driver):
        coin.approve(market.address, price)
    sent = [order[name] for name in ("buyer", "recipient", "release")]
    bounds = (int(order["maxPrice"]), order["deadline"])
    market.buy_with_order(*sent, *bounds, order["signature"], 0, 0, b"")
    assert market.licensed(order["release"], order["recipient"])
    items: list[tuple] = [(release, 0, 1, []) for release in releases]
    market.claim(driver, claim["to"], items, claim["deadline"], claim["signature"])
    assert coin.balanceOf(claim["to"]) == market.paid_of(releases[0]) > 0


def test_the_escrow_takes_the_funding(homes, stewardship, operator):
    market, escrow, coin = (
        homes[name] for name in ("ReleaseMarket", "CampaignEscrow", "TestStablecoin")
    )
    fund = facts("Fund")
    with boa.env.prank(operator.address):
        market.create_dataset(fund["dataset"], coin.address, stewardship.fee_bps(), 10**6)
    coin.mint(fund["funder"], int(fund["bounty"]))
    with boa.env.prank(fund["funder"]):
        coin.approve(escrow.address, int(fund["bounty"]))
    names = ("funder", "recipient", "request", "dataset", "bounty", "threshold", "deadline")
    sent = [int(fund[name]) if name == "bounty" else fund[name] for name in names]
    escrow.fund_with_order(*sent, fund["validUntil"], fund["signature"], 0, b"")
    assert escrow.campaign_of(fund["funder"], fund["request"])[6] == 1


def test_the_token_takes_the_permit(homes):
    coin, permit = homes["TestStablecoin"], facts("Permit")
    raw = permit["signature"]
    words = (permit["owner"], permit["spender"], int(permit["value"]), int(permit["deadline"]))
    coin.permit(*words, raw[64], raw[:32], raw[32:64])
    assert coin.allowance(permit["owner"], permit["spender"]) == 2**256 - 1


@pytest.mark.parametrize("tree", TREES, ids=lambda tree: str(len(tree["shares"])))
def test_the_market_pays_every_leaf_of_the_trees(
    market, token, operator, developer, dataset_on_chain, tree
):
    shares = tree["shares"]
    total = sum(share["weight"] for share in shares)
    root = type("Root", (), {"root": bytes.fromhex(tree["root"])})
    price = 1_000_003
    release = publish(market, operator, dataset_on_chain, root, total, price=price)
    with boa.env.prank(developer.address):
        token.approve(market.address, price)
        market.buy(release, price, developer.address)
    for share in shares:
        proof = [bytes.fromhex(node) for node in share["proof"]]
        item = (release, share["start"], share["weight"], proof)
        with boa.env.prank(share["address"]):
            market.claim(share["address"], new_key().address, [item], 0, b"")
    assert market.paid_of(release) == price - market.fees_of(token.address)


@pytest.mark.parametrize("case", ALLOTMENTS, ids=lambda case: case["pool_units"])
def test_the_market_allots_what_the_vectors_say(compiled, token, operator, case):
    pool, total, weight = int(case["pool_units"]), case["total_weight"], case["weight"]
    people = [new_key().address for _ in range(2)]
    free = compiled["Stewardship"].deploy(*people, operator.address, *people, 0, bytes(32))
    market, buyer = compiled["ReleaseMarket"].deploy(free.address), new_key().address
    with boa.env.prank(operator.address):
        market.create_dataset(b"\x07" * 32, token.address, 0, 10**6)
    root = type("Root", (), {"root": b"\x01" * 32})
    release = publish(market, operator, b"\x07" * 32, root, total, price=pool)
    token.mint(buyer, pool)
    with boa.env.prank(buyer):
        token.approve(market.address, pool)
        market.buy(release, pool, buyer)
    found = [str(market.claimable(release, start, weight)) for start in range(0, total, weight)]
    assert found == case["share_units"]

"""The house's own doors: health, unknown routes, request ids."""

import json
import threading

import pytest

from chain import deployed, paying, standing
from chain.models import OutboundCall
from config import chain_health
from storage import selectors as storage
from tests.fakes.chain import ADDRESSES, FakeChain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def chain(monkeypatch, settings, tmp_path):
    """A chain in memory that agrees with this house."""
    settings.CHAIN_DEPLOYMENTS_DIR = tmp_path
    contracts = {name: {"address": address, "block": 1} for name, address in ADDRESSES.items()}
    deployed.file().write_text(json.dumps({"contracts": contracts}))
    fake = FakeChain()
    fake.views["builder_key"] = lambda: bytes.fromhex(storage.builder_key().sha256)
    monkeypatch.setattr("chain.node.connect", lambda: fake)
    token = paying.PaymentToken("Test Dollar", "tUSD", 6, ADDRESSES["TestStablecoin"], 31337)
    monkeypatch.setattr(paying, "payment_token", lambda: token)
    standing.forget()
    return fake


def test_health_counts_the_work(anybody):
    response = anybody.get("/api/v1/health")
    assert response.status_code == 200
    assert response.data["work"] == {}


def test_health_names_what_keeps_calls_from_being_mined(anybody):
    OutboundCall.objects.create(
        reference="a.1", contract="ReleaseMarket", function="publish", waits_for="funds"
    )
    told = anybody.get("/api/v1/health").data["outbox"]
    assert told == {"blocks_behind": 0, "waiting_for": {"funds": 1}}


def test_health_says_that_chain_and_house_agree(anybody):
    assert anybody.get("/api/v1/health").data["chain"] == {
        "is_answering": True,
        "is_halted": False,
        "findings": [],
        "code": "",
    }


def test_health_names_what_people_must_settle(anybody, chain, settings):
    settings.FEE_BPS = 900
    chain.views["builder_key"] = lambda: bytes(32)
    chain.views["is_halted"] = lambda: True
    told = anybody.get("/api/v1/health").data["chain"]
    assert told["is_halted"] is True
    codes = [finding["code"] for finding in told["findings"]]
    assert codes == ["fee_differs", "builder_key_differs"]


def test_health_bears_a_chain_that_is_silent_or_slow(anybody, chain, monkeypatch):
    chain.is_down = True
    response = anybody.get("/api/v1/health")
    assert (response.status_code, response.data["chain"]["is_answering"]) == (200, False)
    is_over = threading.Event()
    monkeypatch.setattr(chain_health, "PATIENCE_S", 0.01)
    monkeypatch.setattr(standing, "findings", lambda **_: is_over.wait(5) and [])
    assert anybody.get("/api/v1/health").data["chain"]["code"] == "chain_node_slow"
    is_over.set()


def test_the_chain_door_tells_every_contract_and_what_the_stewards_say(anybody, chain):
    chain.views["is_halted"] = lambda: True
    told = anybody.get("/api/v1/chain").data
    assert told["contracts"] == ADDRESSES
    assert (told["is_halted"], told["fee_bps"]) == (True, 1_200)
    assert told["builder_key_sha256"] == storage.builder_key().sha256


def test_a_dropped_builder_key_is_told_as_the_chain_says_it(anybody, chain):
    chain.views["builder_key"] = lambda: bytes(32)
    assert anybody.get("/api/v1/chain").data["builder_key_sha256"] == "00" * 32


def test_an_unknown_route_is_a_problem_document(anybody):
    response = anybody.get("/api/v1/no-such-thing")
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "not_found"


def test_an_unknown_page_is_a_page(anybody):
    response = anybody.get("/no-such-page")
    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("text/html")


def test_every_answer_carries_the_request_id_its_problem_names(anybody):
    response = anybody.get("/api/v1/no-such-thing")
    assert response.json()["request_id"] == response.headers["Request-Id"]


def test_a_wrong_method_and_a_wrong_body_are_problems_too(anybody):
    wrong_method = anybody.put("/api/v1/estimates", {}, format="json")
    broken = anybody.post("/api/v1/estimates", "{", content_type="application/json")
    wrong_kind = anybody.post("/api/v1/estimates", "a=1", content_type="text/plain")
    assert [r.status_code for r in (wrong_method, broken, wrong_kind)] == [405, 400, 415]
    assert {r.headers["Content-Type"] for r in (wrong_method, broken, wrong_kind)} == {
        "application/problem+json"
    }


def test_a_refusal_speaks_the_reader_s_language(anybody):
    english = anybody.get("/api/v1/no-such-thing").json()
    chinese = anybody.get("/api/v1/no-such-thing", headers={"Accept-Language": "zh-Hans"}).json()
    assert english["code"] == chinese["code"]
    assert english["title"] != chinese["title"]

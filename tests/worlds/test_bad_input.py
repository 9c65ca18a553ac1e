"""Bad input at every door: a clear problem document, and nothing has changed."""

import base64
import secrets
import time
from uuid import uuid4

import pytest
import requests

import odometer as od
from odometer import chain as onchain
from odometer.consenting import ConsentKey
from odometer.uploading import Builder
from odometer.waiting import until
from protocol import envelope, typed_data
from protocol.hashing import sha256
from protocol.ids import to_bytes32
from tests.worlds import demos

pytestmark = pytest.mark.worlds

STRANGER = bytes([9]) * 32
GRANT = "grant_by_signature(address,bytes32,bytes32,uint64,uint64,bytes)"
BUY = "buy_with_order(address,address,bytes32,uint256,uint64,bytes,uint256,uint256,bytes)"


@pytest.fixture(scope="module")
def told(stack):
    return demos.told(stack)


@pytest.fixture(scope="module")
def chain(stack, told):
    return od.Client(stack.web_url).chain


@pytest.fixture
def driver(stack):
    handle = f"driver-{secrets.token_hex(4)}"
    return od.Driver.enrol(od.Session(stack.web_url), handle, "a passphrase for a test")


@pytest.fixture(scope="module")
def developer(stack, told):
    return od.Client(stack.web_url, key=demos.secrets(stack)["developer_key"])


@pytest.fixture(scope="module")
def admin(stack):
    return od.Admin.sign_in(stack.web_url, "admin", stack.admin_password)


def _refused(act, code: str) -> od.Refusal:
    with pytest.raises(od.Refusal) as refusal:
        act()
    problem = refusal.value.problem
    assert refusal.value.code == code, problem
    assert problem["type"].endswith(code)
    assert problem["title"]
    assert problem["detail"]
    assert problem["request_id"]
    assert problem["status"] == refusal.value.status
    return refusal.value


# --- unknown routes, parameters and bodies -------------------------------------------------


def test_an_unknown_route_is_a_problem_and_no_page(stack):
    _refused(lambda: od.Session(stack.web_url).get("/nowhere"), "not_found")


def test_an_unknown_parameter_does_not_return_everything(stack, told):
    session = od.Session(stack.web_url)
    _refused(lambda: session.get("/products", colour="blue"), "unknown_parameter")


def test_a_body_that_is_no_json_is_refused(stack):
    answer = requests.post(
        f"{stack.web_url}/api/v1/estimates",
        data=b"{",
        headers={"Content-Type": "application/json"},
        timeout=10,
    )
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "unreadable_body"


def test_a_door_for_drivers_is_closed_to_strangers(stack):
    _refused(lambda: od.Session(stack.web_url).get("/uploads"), "not_signed_in")


# --- files ---------------------------------------------------------------------------------


def _announced(driver, size_bytes: int, digest: str) -> str:
    vehicle = driver.add_vehicle(brand="Nissan", model="LEAF", powertrain="bev")
    builder = Builder.of(driver.session, driver.chain)
    upload_id = str(uuid4())
    context = envelope.Context("upload", driver.id, vehicle.id, upload_id)
    wrapped = envelope.wrap_key(envelope.new_data_key(), builder.public_key, context)
    text = base64.b64encode(wrapped).decode()
    driver.session.post(
        "/uploads",
        {
            "id": upload_id,
            "vehicle_id": vehicle.id,
            "envelope_version": 1,
            "size_bytes": size_bytes,
            "sha256": digest,
            "builder_key_id": builder.key_id,
            "wrapped_keys": {"builder": text, "driver": text},
        },
    )
    return upload_id


def _patch(driver, upload_id: str, part: bytes, offset: int = 0):
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": str(offset),
        "Content-Type": "application/offset+octet-stream",
    }
    path = f"/uploads/{upload_id}/content"
    return driver.session.send("PATCH", path, data=part, headers=headers)


def test_a_file_that_was_not_sealed_is_refused(driver):
    plain = b"Charging event,User ID\n" * 20
    upload_id = _announced(driver, len(plain), sha256(plain).hex())
    _refused(lambda: _patch(driver, upload_id, plain), "not_sealed")
    (upload,) = driver.uploads()
    assert upload.state == "receiving"
    assert upload.body["received_bytes"] == 0


def test_a_file_that_was_damaged_on_its_way_is_refused(driver):
    context = envelope.Context("upload", driver.id, str(uuid4()), str(uuid4()))
    sealed = envelope.seal_bytes(b"rows", envelope.new_data_key(), context)
    upload_id = _announced(driver, len(sealed), sha256(sealed).hex())
    damaged = sealed[:-1] + bytes([sealed[-1] ^ 1])
    _refused(lambda: _patch(driver, upload_id, damaged), "upload_damaged")
    (upload,) = driver.uploads()
    assert upload.state == "receiving"
    assert upload.cid is None


def test_a_part_at_the_wrong_place_is_refused(driver):
    upload_id = _announced(driver, 100, "00" * 32)
    refusal = _refused(lambda: _patch(driver, upload_id, b"x", offset=50), "wrong_offset")
    assert refusal.facts["received_bytes"] == 0


# --- consents ------------------------------------------------------------------------------


def _draft(driver):
    offer = next(driver.offers())
    key = ConsentKey.of(driver._seed, offer.dataset_id)
    wish = {
        "offer_id": offer.id,
        "signal_groups": list(offer.needed),
        "consent_address": key.address,
    }
    return offer, key, driver.session.post("/consents", wish)


def _granted_by(chain, address: str) -> int:
    logged = chain.rpc.events(chain.registry, onchain.GRANTED)
    return sum(one.values["driver"].lower() == address.lower() for one in logged)


def test_a_grant_that_another_key_signed_is_refused(driver, chain, told):
    _, key, draft = _draft(driver)
    words = draft["typed_data"]
    signed = {name: typed_data.sign(STRANGER, words[name]) for name in ("grant", "revoke")}
    path = f"/consents/{draft['id']}/signature"
    _refused(lambda: driver.session.post(path, signed), "wrong_signature")
    (consent,) = driver.consents()
    assert consent.state == "draft"
    assert _granted_by(chain, key.address) == 0


def test_a_grant_sent_twice_is_granted_once(driver, chain, told):
    _, key, draft = _draft(driver)
    words = draft["typed_data"]
    signed = {name: typed_data.sign(key.private_key, words[name]) for name in ("grant", "revoke")}
    path = f"/consents/{draft['id']}/signature"
    first = driver.session.post(path, signed)
    again = driver.session.post(path, signed)
    assert first["id"] == again["id"]
    until(
        lambda: next(driver.consents()),
        lambda consent: consent.state == "active",
        what="the grant",
        at_most_s=30,
    )
    assert _granted_by(chain, key.address) == 1
    replay = _relay_grant(chain, key, words["grant"]["message"], signed["grant"])
    assert "consent: wrong nonce" in replay


def test_a_grant_that_has_expired_is_refused_by_the_chain(chain, told):
    dataset = to_bytes32(told["dataset"]["id"])
    key = ConsentKey(dataset, STRANGER)
    message = typed_data.grant(
        chain.consent_domain,
        driver=key.address,
        dataset=dataset,
        terms=bytes(32),
        expiry=int(time.time()) - 60,
        nonce=0,
    )
    refusal = _relay_grant(chain, key, message["message"], typed_data.sign(STRANGER, message))
    assert "consent: wrong expiry" in refusal


def _relay_grant(chain, key: ConsentKey, message, signature: str) -> str:
    """Return what the registry answers to a relayed grant; nothing is sent."""
    with pytest.raises(od.Untrusted) as refusal:
        chain.rpc.call(
            chain.registry,
            GRANT,
            key.address,
            key.dataset,
            bytes.fromhex(message["terms"][2:]),
            int(message["expiry"]),
            int(message["nonce"]),
            bytes.fromhex(signature[2:]),
            returns=[],
        )
    return str(refusal.value)


# --- questions and builds ------------------------------------------------------------------


def test_a_question_that_costs_too_much_privacy_is_refused(developer, stack, told):
    release = developer.release(told["releases"][0]["id"])
    spec = {**release.manifest()["spec"], "rho_micro": 900_000_000}
    with pytest.raises(od.InvalidInput) as refusal:
        developer.estimate(spec)
    assert refusal.value.code in {"spec_loss_too_great", "spec_malformed"}


def test_the_same_question_to_the_same_drivers_is_answered_from_the_store(admin, chain, told):
    """Even where the dataset's limit has no room for another release."""
    dataset = told["dataset"]["id"]
    before = chain.dataset(dataset).rho_spent_micro
    assert before + told["releases"][0]["rho_micro"] > told["dataset"]["rho_cap_micro"]
    built = admin.build(dataset, price_units=1)
    assert built["id"] in {release["id"] for release in told["releases"]}
    assert built["state"] == "published"
    assert chain.dataset(dataset).rho_spent_micro == before


# --- purchases -----------------------------------------------------------------------------


def _quote(developer, told, wallet):
    return developer.quote(told["releases"][0]["id"], buyer=wallet.address)


def test_an_order_that_another_key_signed_buys_nothing(developer, chain, told):
    wallet = od.Wallet.demo()
    quote = _quote(developer, told, wallet)
    signed = typed_data.sign(STRANGER, quote.body["order_typed_data"])
    body = {"quote_id": quote.body["id"], "order_signature": signed}
    before = chain.release(told["releases"][0]["id"]).sales
    _refused(lambda: developer.session.post("/purchases", body), "wrong_signature")
    assert chain.release(told["releases"][0]["id"]).sales == before


def test_an_order_below_the_price_buys_nothing(developer, chain, told):
    wallet = od.Wallet.demo()
    release_id = told["releases"][0]["id"]
    quote = _quote(developer, told, wallet)
    deadline = int(quote.body["order_typed_data"]["message"]["deadline"])
    low = typed_data.order(
        chain.market_domain,
        buyer=wallet.address,
        recipient=wallet.address,
        release=to_bytes32(release_id),
        max_price=quote.total_units - 1,
        deadline=deadline,
    )
    before = chain.release(release_id).sales
    body = {"quote_id": quote.body["id"], "order_signature": wallet.sign(low)}
    _refused(lambda: developer.session.post("/purchases", body), "wrong_signature")
    with pytest.raises(od.Untrusted, match="market: price above maximum"):
        chain.rpc.call(
            chain.market,
            BUY,
            wallet.address,
            wallet.address,
            to_bytes32(release_id),
            quote.total_units - 1,
            deadline,
            bytes.fromhex(wallet.sign(low)[2:]),
            0,
            0,
            b"",
            returns=[],
        )
    assert chain.release(release_id).sales == before


def test_a_purchase_without_a_key_of_idempotency_is_refused(developer, stack, told):
    key = demos.secrets(stack)["developer_key"]
    answer = requests.post(
        f"{stack.web_url}/api/v1/purchases",
        json={},
        headers={"Authorization": f"Bearer {key}"},
        timeout=10,
    )
    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_key_missing"

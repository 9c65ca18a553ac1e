"""The browser reads a receipt by itself, and makes of it what the contract takes."""

import copy
import json
import subprocess
from pathlib import Path

import pytest

from chain import contracts
from chain.domain.calls import ContractCall
from consent import receipts
from consent.models import Consent
from protocol import ids
from tests.protocol.static import lay_out

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def statics(tmp_path_factory):
    return lay_out(tmp_path_factory.mktemp("static"))


@pytest.fixture
def read(statics):
    def answers(*texts):
        script = Path(__file__).with_name("receipt.mjs")
        command = ["node", script, statics, json.dumps(texts)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return answers


def document(now):
    return json.loads(json.dumps(receipts.receipt_of(Consent.objects.get(), at=now)))


def call(consent, nonce, signature):
    dataset = ids.to_bytes32(consent.terms["dataset_id"])
    raw = bytes.fromhex(signature[2:])
    args = (consent.consent_address, dataset, nonce, raw)
    return (
        "0x"
        + contracts.calldata(ContractCall("ConsentRegistry", "revoke_by_signature", args)).hex()
    )


def test_a_receipt_says_what_it_ends_and_makes_the_call_of_the_contract(read, active, now):
    (seen,) = read(json.dumps(document(now)))
    assert seen["isProven"]
    assert seen["text"] == active.terms["text"]
    assert (seen["address"], seen["until"]) == (active.consent_address, active.terms["expires_at"])
    assert seen["buyer"] == "Nordlicht Batterie GmbH"
    assert seen["calls"] == [call(active, 1, active.revoke_signature)]


def test_a_renewal_that_stands_brings_its_own_end_and_its_own_revocation(
    read, renewed, renewal, now
):
    (seen,) = read(json.dumps(document(now)))
    assert (seen["isProven"], seen["until"]) == (True, renewal.expiry)
    assert seen["calls"] == [call(renewed, 2, renewal.revoke_signature)]


def test_while_a_renewal_is_on_its_way_both_revocations_are_there(read, active, renewal, now):
    (seen,) = read(json.dumps(document(now)))
    assert seen["until"] == active.terms["expires_at"]
    signed = [active.revoke_signature, renewal.revoke_signature]
    assert seen["calls"] == [call(active, 1, signed[0]), call(active, 2, signed[1])]


def test_every_change_of_what_was_signed_shows(read, active, now):
    whole = document(now)
    changes = [
        (("terms", "text", "en"), "something harmless"),
        (("terms", "expires_at"), 1),
        (("nonce",), 5),
        (("contract",), "0x" + "22" * 20),
        (("signatures", "grant"), "0x" + "11" * 65),
        (("how_to_stop", "args"), ["", "", 1, "0x" + "11" * 65]),
    ]
    texts = []
    for path, value in changes:
        changed = copy.deepcopy(whole)
        place = changed["proof"]
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = value
        texts.append(json.dumps(changed))
    assert [seen["isProven"] for seen in read(*texts)] == [False] * len(changes)


def test_what_is_no_receipt_is_refused(read, active, now):
    whole = document(now)
    without = {**whole, "proof": {**whole["proof"], "how_to_stop": None}}
    other = {**whole, "proof": {**whole["proof"], "consent_address": "nobody"}}
    texts = ["", "{}", "[1]", "null", json.dumps(other)]
    assert [seen["code"] for seen in read(*texts)] == ["no_receipt"] * len(texts)
    assert read(json.dumps(without)) == [{"code": "no_stop"}]

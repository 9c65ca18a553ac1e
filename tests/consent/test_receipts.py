"""A receipt says what was signed, and shows every change to whoever checks it."""

import copy
import json

import pytest
from django.core.management import CommandError, call_command

from consent import events, receipts
from consent.domain import receipt
from consent.errors import NotGranted
from consent.models import Consent
from protocol import typed_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(signed, heard, now):
    events.granted(heard("Granted", signed))
    return json.loads(json.dumps(receipts.receipt_of(Consent.objects.get(), at=now)))


def test_a_receipt_holds_without_us(document):
    assert receipt.faults(document) == []
    assert document["proof"]["chain"]["granted_block"] == 7


def test_the_receipt_alone_is_enough_to_revoke(document, signed):
    stop = document["proof"]["how_to_stop"]
    revoke = document["proof"]["typed_data"]["revoke"]
    assert stop["function"] == "revoke_by_signature"
    assert stop["args"][:1] + stop["args"][2:3] == [signed.consent_address, 1]
    assert typed_data.recover(revoke, stop["args"][3]) == signed.consent_address


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (("proof", "terms", "rho_micro_max"), 1, "digest_differs"),
        (("proof", "terms", "signal_groups"), ["trips"], "summary_differs"),
        (("proof", "terms_keccak256"), "0x" + "00" * 32, "grant_signature_wrong"),
        (("proof", "nonce"), 5, "revoke_signature_wrong"),
        (("proof", "contract"), "0x" + "00" * 20, "typed_data_differs"),
        (("proof", "signatures", "revoke"), "0x" + "00" * 65, "revoke_signature_wrong"),
        (("proof", "consent_address"), "nobody", "unreadable"),
        (("proof",), None, "unreadable"),
    ],
)
def test_every_change_shows(document, path, value, fault):
    changed = copy.deepcopy(document)
    place = changed
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    assert fault in receipt.faults(changed)


def test_a_draft_has_no_receipt(draft, now):
    with pytest.raises(NotGranted):
        receipts.receipt_of(draft, at=now)


def test_the_command_says_whether_a_receipt_holds(document, tmp_path, capsys):
    file = tmp_path / "receipt.jsonld"
    file.write_text(json.dumps(document))
    call_command("verify_receipt", str(file))
    assert "the receipt holds" in capsys.readouterr().out
    document["proof"]["terms"]["rho_micro_max"] = 1
    file.write_text(json.dumps(document))
    with pytest.raises(CommandError, match="digest_differs"):
        call_command("verify_receipt", str(file))

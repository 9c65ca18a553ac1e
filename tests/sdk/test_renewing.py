"""Renewing: what is signed is the end that was asked for, of the terms that the chain holds."""

from datetime import UTC, datetime

import pytest

from odometer import consenting
from odometer.chain import ConsentRecord
from odometer.driver import Driver
from odometer.errors import Untrusted
from protocol import typed_data
from protocol.ids import to_bytes32
from protocol.terms import terms_digest
from tests.sdk.wire import session
from tests.sdk.world import SaidChain

DATASET = "6f1c2a34-0000-4000-8000-000000000001"
KEY = consenting.ConsentKey.of(b"\5" * 32, DATASET)
TERMS = {"version": 1, "dataset_id": DATASET, "expires_at": 1_900_000_000}
CONSENT = consenting.Consent.of(
    {"id": "c-1", "state": "active", "dataset_id": DATASET, "terms": TERMS}
)
ENDS_AT = datetime(2031, 1, 1, tzinfo=UTC)


def _chain(**changed):
    record = {"expiry": 1_900_000_000, "nonce": 4, "terms": terms_digest(TERMS)[:16], **changed}
    return SaidChain(consent=ConsentRecord(**record))


def _draft(ends_at=ENDS_AT):
    message = {"expiry": int(ends_at.timestamp())}
    return 201, {"state": "draft", "typed_data": {"renew": {"message": message}}}


def test_the_driver_signs_the_new_end_and_a_new_way_out():
    chain = _chain()
    shown = (200, {**CONSENT.body, "renewal": {"state": "signed"}})
    caller, wire = session(_draft(), (202, {"state": "signed"}), shown)
    consent = consenting.renew(caller, chain, CONSENT, KEY, None)
    signed, dataset = wire.bodies[1], to_bytes32(DATASET)
    renew = typed_data.renew(
        chain.consent_domain,
        driver=KEY.address,
        dataset=dataset,
        expiry=int(ENDS_AT.timestamp()),
        nonce=4,
    )
    revoke = typed_data.revoke(chain.consent_domain, driver=KEY.address, dataset=dataset, nonce=5)
    assert typed_data.recover(renew, signed["renew"]) == KEY.address
    assert typed_data.recover(revoke, signed["revoke"]) == KEY.address
    assert consent.body["renewal"]["state"] == "signed"


def test_it_signs_nothing_when_the_chain_holds_other_terms():
    caller, wire = session(_draft())
    with pytest.raises(Untrusted, match="other terms"):
        consenting.renew(caller, _chain(terms=b"\x09" * 16), CONSENT, KEY, None)
    assert len(wire.asked) == 1


@pytest.mark.parametrize(
    ("asked", "drafted"),
    [
        (ENDS_AT, datetime(2031, 1, 2, tzinfo=UTC)),
        (None, datetime(2029, 1, 1, tzinfo=UTC)),
    ],
)
def test_it_signs_no_end_that_was_not_asked_for(asked, drafted):
    caller, wire = session(_draft(drafted))
    with pytest.raises(Untrusted, match="the end to sign"):
        consenting.renew(caller, _chain(), CONSENT, KEY, asked)
    assert len(wire.asked) == 1


def test_where_no_revocation_was_kept_the_driver_signs_one():
    chain = SaidChain(nonce=6)
    missing = (409, {"code": "revocation_missing"})
    caller, wire = session(missing, (202, {"id": "c-1", "state": "revoking"}))
    driver = Driver(caller, b"\5" * 32, "d-1", chain)
    assert driver.revoke(CONSENT).state == "revoking"
    revoke = typed_data.revoke(
        chain.consent_domain, driver=KEY.address, dataset=to_bytes32(DATASET), nonce=6
    )
    assert typed_data.recover(revoke, wire.bodies[-1]["revoke"]) == KEY.address

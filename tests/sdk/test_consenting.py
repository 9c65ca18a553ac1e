"""Granting: what is signed is what was agreed to, at the chain's nonce."""

import pytest

from odometer import consenting
from odometer.errors import Untrusted
from protocol import typed_data
from protocol.ids import to_bytes32
from protocol.terms import terms_digest
from tests.sdk.wire import session
from tests.sdk.world import SaidChain

DATASET = "6f1c2a34-0000-4000-8000-000000000001"
OFFER = consenting.Offer("o-1", DATASET, "When do cars charge?", ("charging",), (), {})
KEY = consenting.ConsentKey.of(b"\5" * 32, DATASET)


def _draft(chain, **changed):
    terms = {
        "version": 1,
        "offer_id": "o-1",
        "dataset_id": DATASET,
        "purposes": ["dpv:ScientificResearch"],
        "signal_groups": ["charging"],
        "recipient_class": "accredited_company",
        "expires_at": 1_900_000_000,
        "rho_micro_max": 100,
        "payout": {"rule": "equal_per_release", "contributors_bps": 8800},
        "builder_key_sha256": chain.builder_key_sha256().hex(),
        "text": {"en": "…", "zh-Hans": "…"},
        **changed,
    }
    digest = "0x" + terms_digest(terms).hex()
    return {"id": "c-1", "state": "draft", "terms": terms, "terms_digest": digest}


def test_the_driver_signs_the_grant_and_the_way_out_of_it():
    chain = SaidChain(nonce=4)
    draft = _draft(chain)
    caller, wire = session((201, draft), (202, {"id": "c-1", "state": "signed"}))
    consent = consenting.grant(caller, chain, OFFER, ["charging"], KEY)
    signed = wire.bodies[1]
    dataset = to_bytes32(DATASET)
    grant = typed_data.grant(
        chain.consent_domain,
        driver=KEY.address,
        dataset=dataset,
        terms=terms_digest(draft["terms"]),
        expiry=1_900_000_000,
        nonce=4,
    )
    revoke = typed_data.revoke(chain.consent_domain, driver=KEY.address, dataset=dataset, nonce=5)
    assert typed_data.recover(grant, signed["grant"]) == KEY.address
    assert typed_data.recover(revoke, signed["revoke"]) == KEY.address
    assert consent.state == "signed"


@pytest.mark.parametrize(
    "changed",
    [
        {"dataset_id": "6f1c2a34-0000-4000-8000-000000000002"},
        {"signal_groups": ["charging", "location"]},
        {"builder_key_sha256": "00" * 32},
        {"payout": {"rule": "equal_per_release", "contributors_bps": 8000}},
    ],
)
def test_it_signs_nothing_when_the_terms_are_not_those_of_the_offer(changed):
    chain = SaidChain()
    caller, wire = session((201, _draft(chain, **changed)))
    with pytest.raises(Untrusted, match="not those of the offer"):
        consenting.grant(caller, chain, OFFER, ["charging"], KEY)
    assert len(wire.asked) == 1


def test_it_signs_nothing_when_the_digest_is_not_of_these_terms():
    chain = SaidChain()
    caller, wire = session((201, {**_draft(chain), "terms_digest": "0x" + "00" * 32}))
    with pytest.raises(Untrusted, match="digest"):
        consenting.grant(caller, chain, OFFER, ["charging"], KEY)
    assert len(wire.asked) == 1


def test_two_datasets_see_two_addresses():
    other = consenting.ConsentKey.of(b"\5" * 32, "6f1c2a34-0000-4000-8000-000000000002")
    assert other.address != KEY.address

"""Consents that a driver's own wallet signs."""

import pytest

from chain.errors import NodeDown
from chain.models import OutboundCall
from consent import events, facts, granting, renewing, selectors
from consent.errors import AddressInUse, WrongSignature
from consent.models import Consent, ConsentKey
from registry.models import Wallet
from tests.consent.conftest import Key, sent

pytestmark = pytest.mark.django_db

WALLET = Key(b"\x31" * 32)


@pytest.fixture
def wallet(driver):
    return Wallet.objects.create(driver=driver, address=WALLET.address)


def _draft(driver, offer, at, address=WALLET.address):
    return granting.draft(
        driver=driver,
        offer_id=offer.id,
        signal_groups=["charging"],
        consent_address=address,
        at=at,
    )


def _grant(driver, offer, at):
    draft = _draft(driver, offer, at)
    return granting.accept_signature(consent=draft, at=at, **WALLET.signatures(draft))


def test_a_connected_wallet_signs_for_several_datasets(driver, new_offer, now, wallet):
    first, second = new_offer(), new_offer()
    for offer in (first, second):
        consent = _grant(driver, offer, now)
        assert consent.state == Consent.State.SIGNED
        assert selectors.is_by_wallet(consent)
    assert len(sent("grant_batch")) == 2


def test_each_dataset_has_nonces_of_its_own(driver, new_offer, now, wallet):
    first, second = new_offer(), new_offer()
    _grant(driver, first, now)
    ConsentKey.objects.filter(dataset_id=first.dataset_id).update(next_nonce=4)
    assert _draft(driver, second, now).nonce == 0
    assert selectors.next_nonce(WALLET.address, first.dataset_id) == 4


def test_an_address_that_is_no_wallet_signs_for_one_dataset(driver, new_offer, now):
    _draft(driver, new_offer(), now)
    with pytest.raises(AddressInUse):
        _draft(driver, new_offer(), now)


def test_a_wallet_that_was_removed_signs_for_nothing_new(driver, new_offer, now, wallet):
    _grant(driver, new_offer(), now)
    wallet.delete()
    with pytest.raises(AddressInUse):
        _draft(driver, new_offer(), now) and _draft(driver, new_offer(), now)


def test_a_consent_outlives_the_removal_of_its_wallet(driver, offer, now, wallet):
    consent = _grant(driver, offer, now)
    wallet.delete()
    stopped = granting.revoke(consent=consent, at=now)
    assert stopped.state == Consent.State.REVOKING


def test_nobody_consents_with_anothers_wallet(driver, other_driver, new_offer, now, wallet):
    _grant(driver, new_offer(), now)
    with pytest.raises(AddressInUse):
        _draft(other_driver, new_offer(), now)


def test_the_wallet_itself_must_have_signed(driver, offer, now, wallet, key):
    draft = _draft(driver, offer, now)
    with pytest.raises(WrongSignature):
        granting.accept_signature(consent=draft, at=now, **key.signatures(draft))


def test_a_draft_may_change_from_a_derived_key_to_a_wallet(driver, offer, now, wallet, key):
    first = _draft(driver, offer, now, key.address)
    second = _draft(driver, offer, now)
    assert (first.id, second.consent_address) == (second.id, WALLET.address)
    granting.accept_signature(consent=second, at=now, **WALLET.signatures(second))


def test_a_wallet_renews_what_it_granted(driver, offer, now, wallet, heard):
    consent = _grant(driver, offer, now)
    events.granted(heard("Granted", consent))
    active = Consent.objects.get(id=consent.id)
    drafted = renewing.draft(consent=active, at=now)
    renewing.accept_signature(consent=active, at=now, **WALLET.renewal(drafted))
    assert len(sent("renew_batch")) == 1


@pytest.fixture
def contract(monkeypatch, driver):
    """A contract account that calls every signature of sevens its own."""

    def accepts(account, digest, signature):
        return signature == b"\x07" * 65

    monkeypatch.setattr("chain.reading.accepts", accepts)
    return Wallet.objects.create(driver=driver, address=WALLET.address, is_contract=True)


SEVENS = "0x" + "07" * 65


def test_a_contract_account_is_relayed_alone(driver, offer, now, contract):
    draft = _draft(driver, offer, now)
    consent = granting.accept_signature(consent=draft, grant=SEVENS, revoke=SEVENS, at=now)
    call = OutboundCall.objects.get(reference=f"consent.grant:{consent.id}")
    assert call.function == "grant_by_signature"
    Consent.objects.filter(id=consent.id).update(granted_block=7, state=Consent.State.ACTIVE)
    granting.revoke(consent=Consent.objects.get(id=consent.id), at=now)
    functions = OutboundCall.objects.order_by("created_at").values_list("function", flat=True)
    assert list(functions) == ["grant_by_signature", "revoke_by_signature"]


def test_a_contract_accounts_wrong_signature_is_refused(driver, offer, now, contract):
    draft = _draft(driver, offer, now)
    wrong = "0x" + "08" * 65
    with pytest.raises(WrongSignature):
        granting.accept_signature(consent=draft, grant=wrong, revoke=wrong, at=now)


def test_a_silent_node_leaves_the_draft_as_it_is(driver, offer, now, contract, monkeypatch):
    def silent(*_):
        raise NodeDown

    monkeypatch.setattr("chain.reading.accepts", silent)
    draft = _draft(driver, offer, now)
    with pytest.raises(NodeDown):
        granting.accept_signature(consent=draft, grant=SEVENS, revoke=SEVENS, at=now)
    draft.refresh_from_db()
    assert draft.state == Consent.State.DRAFT


def test_what_a_wallet_said_without_us_is_counted(driver, offer, now, wallet, heard):
    there = _draft(driver, offer, now)
    ConsentKey.objects.all().delete()
    facts.write([heard("Granted", there, nonce=5)])
    assert _draft(driver, offer, now).nonce == 6

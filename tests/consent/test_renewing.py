"""Renewing: another end under the same terms, and never a moment without a way out."""

from datetime import timedelta

import pytest

from chain.models import OutboundItem
from consent import events, granting, offering, renewing
from consent.domain import renewal as rules
from consent.errors import (
    ConsentEnded,
    NotDraft,
    NotRenewable,
    RenewalEndWrong,
    RenewalTooEarly,
    RenewalUnderWay,
    RevocationMissing,
    WrongSignature,
)
from consent.models import Consent, Renewal
from protocol import typed_data
from tests.consent.conftest import sent

pytestmark = pytest.mark.django_db


def row_of(consent: Consent) -> Consent:
    return Consent.objects.get(id=consent.id)


def test_a_draft_names_the_latest_end_and_the_next_nonce(active, now):
    drafted = renewing.draft(consent=active, at=now)
    assert drafted.expires_at == rules.latest_end(now)
    assert (drafted.state, drafted.nonce) == ("draft", 1)


def test_drafting_changes_nothing_of_the_consent(active, now):
    before = Consent.objects.values().get()
    renewing.draft(consent=active, at=now)
    assert Consent.objects.values().get() == before
    assert active.way_out().nonce == 1


def test_a_driver_may_choose_an_earlier_end(active, now):
    wished = active.expires_at + timedelta(days=1)
    assert renewing.draft(consent=active, at=now, expires_at=wished).expires_at == wished


@pytest.mark.parametrize("days", [299, 300, 366])
def test_it_refuses_an_end_before_the_present_one_or_too_far_away(active, now, days):
    with pytest.raises(RenewalEndWrong) as refusal:
        renewing.draft(consent=active, at=now, expires_at=now + timedelta(days=days))
    assert refusal.value.suggestion


def test_it_refuses_what_lasts_as_long_as_a_consent_may(active, now):
    Consent.objects.update(expires_at=now + timedelta(days=365))
    with pytest.raises(RenewalTooEarly):
        renewing.draft(consent=active, at=now)


def test_it_refuses_a_consent_that_ended_and_says_what_would_pass(active, offer, now):
    Consent.objects.update(expires_at=now)
    with pytest.raises(ConsentEnded) as refusal:
        renewing.draft(consent=active, at=now)
    assert refusal.value.suggestion == {"offer_id": str(offer.id), "signal_groups": ["charging"]}
    offering.close_offer(offer=offer)
    with pytest.raises(ConsentEnded) as refusal:
        renewing.draft(consent=row_of(active), at=now)
    assert refusal.value.suggestion is None


def test_it_refuses_a_consent_that_is_not_on_the_chain_yet(signed, now):
    with pytest.raises(NotRenewable):
        renewing.draft(consent=signed, at=now)


def test_a_closed_offer_does_not_keep_a_consent_from_being_renewed(active, offer, now):
    offering.close_offer(offer=offer)
    assert renewing.draft(consent=active, at=now).state == "draft"


def test_a_signed_renewal_goes_to_the_outbox_in_the_short_form(active, renewal, key):
    (item,) = sent("renew_batch")
    r, vs = typed_data.compact(renewal.renew_signature)
    assert item["driver"] == key.address
    assert (item["expiry"], item["nonce"]) == (renewal.expiry, 1)
    assert (item["r"], item["vs"]) == (r, vs)


def test_until_the_chain_has_it_nothing_has_changed(active, renewal, offer, now):
    row = row_of(active)
    assert (row.state_at(now), row.expires_at) == ("active", offer.consent_expires_at)
    assert row.way_out().nonce == 1
    assert row.way_out().signature == active.revoke_signature


def test_the_same_signatures_again_change_nothing(active, renewal, key, now):
    again = renewing.accept_signature(
        consent=active, at=now + timedelta(hours=1), **key.renewal(renewal)
    )
    assert (again.id, again.signed_at) == (renewal.id, now)
    assert len(sent("renew_batch")) == 1


def test_two_tabs_that_renew_on_one_day_renew_once(active, key, now):
    one = renewing.draft(consent=active, at=now)
    other = renewing.draft(consent=row_of(active), at=now)
    assert one.id == other.id
    renewing.accept_signature(consent=active, at=now, **key.renewal(one))
    renewing.accept_signature(consent=row_of(active), at=now, **key.renewal(other))
    assert len(sent("renew_batch")) == 1


def test_of_two_tabs_with_different_ends_the_later_draft_counts(active, key, now):
    first = key.renewal(renewing.draft(consent=active, at=now))
    later = active.expires_at + timedelta(days=3)
    second = key.renewal(renewing.draft(consent=active, at=now, expires_at=later))
    with pytest.raises(WrongSignature):
        renewing.accept_signature(consent=active, at=now, **first)
    renewing.accept_signature(consent=active, at=now, **second)
    with pytest.raises(NotDraft):
        renewing.accept_signature(consent=active, at=now, **first)
    assert [item["expiry"] for item in sent("renew_batch")] == [int(later.timestamp())]


def test_it_refuses_another_draft_while_one_is_on_its_way(active, renewal, now):
    with pytest.raises(RenewalUnderWay):
        renewing.draft(consent=row_of(active), at=now)


@pytest.mark.parametrize("name", ["renew", "revoke"])
def test_it_refuses_a_signature_from_another_key(active, key, other_key, now, name):
    drafted = renewing.draft(consent=active, at=now)
    mixed = {**key.renewal(drafted), name: other_key.renewal(drafted)[name]}
    with pytest.raises(WrongSignature):
        renewing.accept_signature(consent=active, at=now, **mixed)
    assert not sent("renew_batch")


def test_it_refuses_a_signature_over_a_used_nonce(active, key, heard, now):
    drafted = renewing.draft(consent=active, at=now)
    events.renewed(heard("Renewed", active, expiry=active.terms["expires_at"] + 60))
    with pytest.raises(NotDraft):
        renewing.accept_signature(consent=row_of(active), at=now, **key.renewal(drafted))


def test_a_consent_that_is_being_revoked_is_not_renewed(active, key, now):
    drafted = renewing.draft(consent=active, at=now)
    granting.revoke(consent=row_of(active), at=now)
    with pytest.raises(NotRenewable):
        renewing.accept_signature(consent=active, at=now, **key.renewal(drafted))
    assert not sent("renew_batch")


# --- the way out ------------------------------------------------------------------------


def test_revoking_while_the_renewal_is_on_its_way_sends_the_old_revocation(active, renewal, now):
    granting.revoke(consent=row_of(active), at=now)
    (item,) = sent("revoke_batch")
    assert item["nonce"] == 1
    assert (item["r"], item["vs"]) == typed_data.compact(active.revoke_signature)


def test_should_the_renewal_stand_first_the_new_revocation_follows(active, renewal, heard, now):
    granting.revoke(consent=row_of(active), at=now)
    events.renewed(heard("Renewed", active, block=9))
    assert [item["nonce"] for item in sent("revoke_batch")] == [1, 2]
    assert row_of(active).state == "revoking"
    events.revoked(heard("Revoked", active, block=10, nonce=2))
    assert row_of(active).state == "revoked"


def test_an_old_revocation_that_came_too_late_is_not_spoken_of(active, renewal, heard, now):
    granting.revoke(consent=row_of(active), at=now)
    old = OutboundItem.objects.get(function="revoke_batch").reference
    events.renewed(heard("Renewed", active, block=9))
    events.revocation_failed(old, "wrong nonce")
    assert row_of(active).trouble == ""


def test_one_that_failed_before_the_renewal_was_heard_is_sent_in_its_new_form(
    active, renewal, heard, now
):
    granting.revoke(consent=row_of(active), at=now)
    old = OutboundItem.objects.get(function="revoke_batch").reference
    events.revocation_failed(old, "wrong nonce")
    assert row_of(active).trouble == "wrong nonce"
    events.renewed(heard("Renewed", active, block=9))
    row = row_of(active)
    assert (row.state, row.trouble) == ("revoking", "")
    assert [item["nonce"] for item in sent("revoke_batch")] == [1, 2]


def test_after_the_renewal_the_new_revocation_is_the_one(renewed, renewal, now):
    granting.revoke(consent=renewed, at=now)
    (item,) = sent("revoke_batch")
    assert item["nonce"] == 2
    assert (item["r"], item["vs"]) == typed_data.compact(renewal.revoke_signature)


def test_somebody_who_read_the_consent_before_the_renewal_revokes_with_the_new_one(
    active, renewal, heard, now
):
    stale = row_of(active)
    events.renewed(heard("Renewed", active, block=9))
    granting.revoke(consent=stale, at=now)
    assert [item["nonce"] for item in sent("revoke_batch")] == [2]


def test_a_revocation_that_wins_ends_the_consent_and_the_renewal_fails(active, renewal, heard, now):
    granting.revoke(consent=row_of(active), at=now)
    events.revoked(heard("Revoked", active, block=9))
    events.renewal_failed(f"consent.renew:{renewal.id}", "wrong nonce")
    assert row_of(active).state == "revoked"
    assert Renewal.objects.get().state == "failed"


def test_a_renewal_that_failed_for_good_leaves_end_and_way_out_as_they_were(
    active, renewal, offer, key, now
):
    events.renewal_failed(f"consent.renew:{renewal.id}", "out of gas")
    row = row_of(active)
    assert (row.state_at(now), row.expires_at) == ("active", offer.consent_expires_at)
    assert row.way_out().signature == active.revoke_signature
    again = renewing.draft(consent=row, at=now)
    assert again.id != renewal.id
    renewing.accept_signature(consent=row, at=now, **key.renewal(again))
    assert len(sent("renew_batch")) == 2  # the very same signatures, sent off anew


def test_a_consent_may_be_renewed_again_and_keeps_the_newest_way_out(renewed, key, heard, now):
    later = now + timedelta(days=200)
    drafted = renewing.draft(consent=renewed, at=later)
    assert drafted.nonce == 2
    renewing.accept_signature(consent=renewed, at=later, **key.renewal(drafted))
    events.renewed(heard("Renewed", renewed, block=11, nonce=2, expiry=drafted.expiry))
    row = row_of(renewed)
    assert (row.expires_at, row.way_out().nonce) == (drafted.expires_at, 3)


def test_a_renewal_on_its_way_can_be_stopped_after_the_old_end_has_passed(active, renewal, now):
    Consent.objects.update(expires_at=now)
    assert granting.revoke(consent=row_of(active), at=now).state == "revoking"


def test_after_a_renewal_made_elsewhere_a_fresh_revocation_is_asked_for(active, key, heard, now):
    events.renewed(heard("Renewed", active, expiry=active.terms["expires_at"] + 60))
    with pytest.raises(RevocationMissing):
        granting.revoke(consent=row_of(active), at=now)
    fresh = typed_data.sign(key.private, row_of(active).revocation())
    granting.revoke(consent=row_of(active), at=now, signature=fresh)
    assert [item["nonce"] for item in sent("revoke_batch")] == [2]


def test_renewed_elsewhere_while_it_is_revoked_waits_for_a_fresh_revocation(
    active, key, heard, now
):
    granting.revoke(consent=row_of(active), at=now)
    events.renewed(heard("Renewed", active, expiry=active.terms["expires_at"] + 60))
    assert row_of(active).trouble
    fresh = typed_data.sign(key.private, row_of(active).revocation())
    granting.revoke(consent=row_of(active), at=now, signature=fresh)
    assert [item["nonce"] for item in sent("revoke_batch")] == [1, 2]
    assert row_of(active).trouble == ""

"""What the chain said of consents is the same facts, in whatever way it was heard."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chain import indexing, subscriptions, turns
from chain.domain.calls import EventRecord
from consent import comparing, crowds, events, facts, granting
from consent.models import ChainWord, Consent, ConsentKey
from tests.factories import registry as registry_factory
from tests.factories.keys import KeyPair
from tests.fakes.chain import ADDRESSES, BEGAN_AT, FakeChain

pytestmark = pytest.mark.django_db

PEOPLE = ["0x" + f"{number:040x}" for number in (1, 2, 3)]
DATASETS = [bytes([number]) * 16 + bytes(16) for number in (7, 8)]
FUZZ = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def said(row: ChainWord) -> tuple[object, ...]:
    return tuple(getattr(row, field.attname) for field in ChainWord._meta.fields[1:])


def table() -> list[tuple[object, ...]]:
    return sorted(said(row) for row in ChainWord.objects.all())


class Speaker:
    """Says words as the registry does: each uses up the next nonce of its key."""

    def __init__(self) -> None:
        self.nonces: dict[tuple[str, bytes], int] = {}
        self.granted: set[tuple[str, bytes]] = set()

    def says(self, person: str, dataset: bytes, wish: int) -> tuple[str, dict[str, object]]:
        key = (person, dataset)
        nonce = self.nonces.get(key, 0)
        self.nonces[key] = nonce + 1
        args = {"driver": person, "dataset": dataset, "nonce": nonce}
        if key not in self.granted:
            self.granted.add(key)
            terms = bytes([wish]) * 32
            return "Granted", args | {"terms": terms, "expiry": 1_800_000_000 + wish}
        if wish % 2:
            return "Renewed", args | {"expiry": 1_900_000_000 + wish}
        self.granted.discard(key)
        return "Revoked", args


WORDS = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(DATASETS), st.integers(0, 9))


@FUZZ
@given(words=st.lists(WORDS, max_size=12), data=st.data())
def test_words_heard_twice_and_in_disorder_are_the_same_facts(words, data):
    speaker = Speaker()
    story = [_record(number, *speaker.says(*word)) for number, word in enumerate(words, start=1)]
    with transaction.atomic():
        facts.write(story)
        expected = table(), list(facts.standings())
        facts.forget(-1)
        assert not ChainWord.objects.exists()
        for part in data.draw(st.permutations([[one] for one in story] + [story])):
            facts.write(part)
        assert (table(), list(facts.standings())) == expected
        transaction.set_rollback(True)


@FUZZ
@given(
    steps=st.lists(
        st.one_of(
            WORDS,
            st.tuples(st.just("reorganise"), st.integers(1, 4)),
            st.tuples(st.just("index"), st.integers(1, 3)),
        ),
        max_size=20,
    )
)
def test_after_any_reorganisations_the_facts_are_those_of_a_rebuild(chain_of_ours, steps):
    chain, speaker = chain_of_ours(), Speaker()
    with turns.take("indexing") as turn, transaction.atomic():
        for step in steps:
            if step[0] == "index":
                chain.most_blocks = step[1]
                indexing.run(turn=turn)
            elif step[0] == "reorganise":
                chain.reorganise(min(step[1], len(chain.mined) - 2) or 1)
            else:
                chain.emit("ConsentRegistry", *speaker.says(*step))
        indexing.run(turn=turn)
        live = table(), list(facts.standings())
        assert len(live[0]) == len(chain.heard)
        indexing.forget()
        assert not ChainWord.objects.exists()
        indexing.run(turn=turn)
        assert (table(), list(facts.standings())) == live
        transaction.set_rollback(True)


@pytest.fixture
def chain_of_ours(monkeypatch, tmp_path, settings):
    """Make chains in memory; the handlers of the rooms listen to them."""
    import json  # noqa: PLC0415

    settings.CHAIN_DEPLOYMENTS_DIR = tmp_path
    known = {name: {"address": address, "block": 1} for name, address in ADDRESSES.items()}
    (tmp_path / f"{settings.CHAIN_ID}.json").write_text(json.dumps({"contracts": known}))

    def make() -> FakeChain:
        chain = FakeChain()
        chain.mine()  # the contracts came to be here: no fork goes below it
        monkeypatch.setattr("chain.node.connect", lambda: chain)
        return chain

    return make


def test_what_stands_goes_back_to_its_grant():
    person, dataset = PEOPLE[0], DATASETS[0]
    speaker = Speaker()
    facts.write([_record(1, *speaker.says(person, dataset, 3))])
    facts.write([_record(2, *speaker.says(person, dataset, 5))])
    found = facts.standing(person, "0x" + dataset.hex())
    assert found is not None
    assert (found.nonce, found.grant_nonce, found.is_granted) == (1, 0, True)
    assert found.terms_digest == "0x" + "03" * 32
    assert found.expiry == 1_900_000_005
    assert facts.standing(person, "0x" + DATASETS[1].hex()) is None


def test_a_dataset_that_is_no_id_of_ours_is_a_fact_all_the_same(offer):
    foreign = b"\xff" * 32
    record = _record(1, *Speaker().says(PEOPLE[0], foreign, 1))
    subscriptions.dispatch_all([record])
    assert ChainWord.objects.get().dataset == "0x" + foreign.hex()


def test_consents_and_words_agree_and_a_difference_is_named(signed, heard):
    assert list(comparing.differences()) == []
    subscriptions.dispatch_all([heard("Granted", signed)])
    assert list(comparing.differences()) == []
    Consent.objects.update(state="failed")
    (line,) = comparing.differences()
    assert str(signed.id) in line
    Consent.objects.update(state="active")
    facts.forget(-1)
    lines = list(comparing.differences())
    assert len(lines) == 2  # the consent, and the nonce of its key
    assert "the chain said nothing" in lines[0]


def test_a_revoked_consent_agrees_too(signed, heard):
    subscriptions.dispatch_all([heard("Granted", signed), heard("Revoked", signed, block=8)])
    assert list(comparing.differences()) == []
    Consent.objects.update(state="active")
    assert len(list(comparing.differences())) == 1


def test_many_grants_at_once_are_recorded_as_one_by_one(new_offer, now, heard):
    offer = new_offer()
    consents = [_signed(offer, number, now) for number in range(1, 8)]
    granting.revoke(consent=consents[1], at=now)  # it waits for its grant
    Consent.objects.filter(id=consents[2].id).update(state="failed")
    Consent.objects.filter(id=consents[3].id).update(expires_at=now + timedelta(days=500))
    records = [heard("Granted", one) for one in consents]
    records += [heard("Granted", consents[4], nonce=1, terms=b"\x09" * 32, block=8)]
    records = [_at(record, place) for place, record in enumerate(records)]
    with transaction.atomic():
        for record in records:
            events._record(events._grants_in(record)[0])
        one_by_one = _state()
        transaction.set_rollback(True)
    left = crowds.record_grants([events._grants_in(record)[0] for record in records])
    assert len(left) == 4  # the revoked, the failed, and both words of one key
    for grant in left:
        events._record(grant)
    assert _state() == one_by_one


def _state():
    return (
        list(Consent.objects.order_by("id").values()),
        list(ConsentKey.objects.order_by("id").values()),
    )


def _signed(offer, number, now):
    from tests.consent.conftest import key_of  # noqa: PLC0415

    pair = KeyPair(bytes([number]) * 32, bytes([number + 100]) * 32)
    driver = registry_factory.make_driver(f"driver-{number}", pair)
    key = key_of(bytes([number]) * 32, offer.dataset_id)
    consent = granting.draft(
        driver=driver,
        offer_id=offer.id,
        signal_groups=["charging"],
        consent_address=key.address,
        at=now,
    )
    return granting.accept_signature(consent=consent, at=now, **key.signatures(consent))


def _at(record: EventRecord, place: int) -> EventRecord:
    from dataclasses import replace  # noqa: PLC0415

    return replace(record, log_index=place)


def _record(number: int, name: str, args: dict[str, object]) -> EventRecord:
    return EventRecord(
        contract="ConsentRegistry",
        name=name,
        args=args,
        block_number=number,
        block_hash="0x" + f"{number:064x}",
        block_at=BEGAN_AT + timedelta(seconds=number),
        tx_hash="0x" + f"{number:064x}",
        log_index=0,
    )

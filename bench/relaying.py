"""How fast consents reach the chain, and how fast a database is made of the chain again."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from io import StringIO
from itertools import islice
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone

from bench.crowd import Crowd
from bench.dev_chain import BUILDER_KEY, DevChain, Key
from bench.watch import Watch
from chain import deployed, deploying, indexing, reading, sending, turns
from chain.models import OutboundItem, StoredEvent
from consent import granting, offering
from consent.models import Consent, Offer
from protocol import ids, typed_data
from registry.models import Driver

REGISTRY = "ConsentRegistry"
BATCH = 100
DATASET = UUID("0d0e7e10-0000-4000-8000-000000000001")
OTHER_DATASET = UUID("0d0e7e10-0000-4000-8000-000000000002")


class NotAll(Exception):
    """Something that was measured did not do all of its work."""


def main() -> None:
    """Measure what was asked for at the size that was asked for; print the figures as JSON."""
    what, count = sys.argv[1:]
    call_command("migrate", verbosity=0)
    deploying.deploy(builder_key=BUILDER_KEY)
    watch = Watch()
    watch.listen_to_the_node()
    figures = {"relay": relay, "rebuild": rebuild}[what](watch, int(count))
    sys.stdout.write(json.dumps({**figures, **watch.seconds}))


def rebuild(watch: Watch, count: int) -> Mapping[str, float]:
    """Return figures of reading so many grants from the chain into an empty database."""
    _put_on_chain(count)
    with watch.phase("rebuild"):
        call_command("rebuild_from_chain", stdout=StringIO())
    _check(count, StoredEvent.objects.filter(name="Granted").count())
    events = StoredEvent.objects.count()
    return {
        "rebuilt_consents": count,
        "events_indexed_per_second": events / watch.seconds["rebuild_s"],
    }


def relay(watch: Watch, count: int) -> Mapping[str, float]:
    """Return figures of so many signed grants on their way from the door to the database."""
    signed = _signed(count)
    with watch.phase("relay_accept"):
        for consent, grant, revoke in signed:
            granting.accept_signature(
                consent=consent, grant=grant, revoke=revoke, at=timezone.now()
            )
    with watch.phase("relay_send"), turns.take("sending") as turn:
        sending.run(turn=turn, for_s=3_600)
    with watch.phase("relay_index"), turns.take("indexing") as turn:
        indexing.run(turn=turn)
    _check(count, OutboundItem.objects.filter(state=OutboundItem.State.SETTLED).count())
    _check(count, Consent.objects.filter(state=Consent.State.ACTIVE).count())
    parts = [watch.seconds[f"relay_{part}_s"] for part in ("accept", "send", "index")]
    return {"relayed_consents": count, "consents_relayed_per_minute": 60 * count / sum(parts)}


def _put_on_chain(count: int) -> None:
    addresses = {name: fact["address"] for name, fact in deployed.read()["contracts"].items()}
    chain = DevChain(settings.CHAIN_RPC_URL, addresses)
    expiry = int(reading.head().at.timestamp()) + 300 * 86_400
    crowd = Crowd(_domain(), ids.to_bytes32(OTHER_DATASET), BUILDER_KEY, expiry)
    grants = crowd.grants(count)
    for _ in range(0, count, BATCH):
        chain.gas(REGISTRY, "grant_batch", list(islice(grants, BATCH)))


def _signed(count: int) -> Sequence[tuple[Consent, str, str]]:
    """Return drafts with the words that their drivers signed in the browser."""
    offer = _offer()
    users = User.objects.bulk_create(User(username=f"driver-{place}") for place in range(count))
    drivers = Driver.objects.bulk_create(Driver(user=user) for user in users)
    return [_word(offer, driver, Key.number(place)) for place, driver in enumerate(drivers)]


def _word(offer: Offer, driver: Driver, key: Key) -> tuple[Consent, str, str]:
    draft = granting.draft(
        driver=driver,
        offer_id=offer.id,
        signal_groups=["charging"],
        consent_address=key.address,
        at=timezone.now(),
    )
    words = draft.signable()
    return draft, _signature(key, words.grant), _signature(key, words.revoke)


def _signature(key: Key, message: typed_data.TypedData) -> str:
    return "0x" + key.sign(message).hex()


def _offer() -> Offer:
    now = timezone.now()
    return offering.open_offer(
        dataset_id=DATASET,
        title="How long do cars charge at work?",
        ask="Energy and hours of charging sessions.",
        buyer_name="Nordlicht Batterie GmbH",
        is_accredited=True,
        purposes=["dpv:ScientificResearch"],
        signal_groups={"needed": ["charging"]},
        recipient_class="accredited_company",
        consent_expires_at=now + timedelta(days=300),
        rho_micro=24_360,
        pay_low_units=1_200_000,
        pay_high_units=1_584_000,
        contributors_bps=8_800,
        drivers_needed=500,
        answer_before=now + timedelta(days=20),
        builder_key_sha256=BUILDER_KEY.hex(),
    )


def _domain() -> typed_data.Domain:
    return typed_data.consent_domain(settings.CHAIN_ID, reading.address_of(REGISTRY))


def _check(wanted: int, found: int) -> None:
    if found != wanted:
        raise NotAll(f"{found} of {wanted}")

"""Say where consents differ from the last word about them on the chain."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils import timezone

from chain.comparing import compares
from chain.facts import word
from consent import facts
from consent.facts import Standing
from consent.models import Consent, ConsentKey
from protocol.ids import to_bytes32

_LIVES = (Consent.State.ACTIVE, Consent.State.REVOKING)
_Key = tuple[str, str]


@compares("consent")
def differences() -> Iterator[str]:
    """Yield a line for each consent, and each key, that says something else than the chain."""
    at, stands = timezone.now(), {(one.address, one.dataset): one for one in facts.standings()}
    for key, consents in _consents_by_key().items():
        for consent in consents:
            if _is_told(consent, at) != _is_said(consent, stands.get(key), at):
                yield f"consent {consent.id} is {consent.state}, {_told(stands.get(key))}"
    for key, row in _keys():
        said = stands.get(key)
        if row.next_nonce != (said.nonce + 1 if said else 0):
            yield f"key {row.address} goes on with {row.next_nonce}, {_told(said)}"


def _is_told(consent: Consent, at: datetime) -> bool:
    """Return whether our row says that this very consent stands on the chain."""
    is_live = consent.state in _LIVES and consent.granted_block is not None
    return is_live and at < consent.expires_at


def _is_said(consent: Consent, standing: Standing | None, at: datetime) -> bool:
    """Return whether the chain says so."""
    return (
        standing is not None
        and standing.is_granted
        and at.timestamp() < standing.expiry
        and standing.terms_digest == consent.terms_digest
        and standing.grant_nonce == consent.nonce
    )


def _told(standing: Standing | None) -> str:
    if standing is None:
        return "and the chain said nothing"
    said = "granted" if standing.is_granted else "revoked"
    return f"and the chain said {said} with nonce {standing.nonce}"


def _consents_by_key() -> dict[_Key, list[Consent]]:
    found = defaultdict(list)
    rows = Consent.objects.select_related("offer").defer("terms", "offer__ask")
    for row in rows.iterator(chunk_size=2_000):
        found[row.consent_address, word(to_bytes32(row.offer.dataset_id))].append(row)
    return found


def _keys() -> Iterable[tuple[_Key, ConsentKey]]:
    rows = ConsentKey.objects.iterator(chunk_size=2_000)
    return (((row.address, word(to_bytes32(row.dataset_id))), row) for row in rows)

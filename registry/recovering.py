"""Come back with the recovery words: a challenge for who holds the seed, and its answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from protocol import recovery
from registry import limiting
from registry import vault as vaults
from registry.domain import challenges, handles
from registry.errors import RecoveryRefused
from registry.models import Recovery, Vault

LIFETIME: Final = timedelta(minutes=5)


@dataclass(frozen=True)
class Begun:
    """A challenge as it goes out: sealed to the driver's key, or to a stand-in for nobody's."""

    id: UUID
    sealed: bytes
    expires_at: datetime


@dataclass(frozen=True)
class Answered:
    """What comes back: the proof, and the new vault with the proof of its passphrase."""

    handle: str
    proof: bytes
    vault: Mapping[str, Any]
    sign_in_proof: bytes


def begin(*, handle: str, address: str, at: datetime) -> Begun:
    """Return a challenge, whether anybody has this handle or not. Raises TooManyTries.

    Every challenge counts as a try to sign in: nobody needs many of them.
    """
    name = handles.normal(handle)
    limiting.check(handle=name, address=address, at=at)
    limiting.note_failure(handle=name, address=address, at=at)
    Recovery.objects.filter(created_at__lt=at - LIFETIME).delete()
    row = Recovery.objects.create(
        name_mark=challenges.name_mark(name, settings.SECRET_KEY),
        nonce=challenges.fresh_nonce(),
        created_at=at,
    )
    challenge = challenges.challenge_of(row.nonce, settings.SECRET_KEY)
    sealed = recovery.seal_challenge(challenge, _recipient(name))
    return Begun(id=row.id, sealed=sealed, expires_at=at + LIFETIME)


def finish(*, recovery_id: UUID, answered: Answered, origin: str, at: datetime) -> Vault:
    """Replace the vault of who proved to hold the seed; every session of theirs ends.

    The challenge is used up, whatever comes of it.

    Raises VaultInvalid, RecoveryRefused, VaultChanged.
    """
    body = vaults.checked(answered.vault)
    name = handles.normal(answered.handle)
    row = _taken(recovery_id, at)
    vault = _vault_of(name)
    said = recovery.Answer(
        origin=origin,
        handle=name,
        recovery_id=str(recovery_id),
        vault=body,
        sign_in_proof=answered.sign_in_proof.hex(),
    )
    if not _is_proven(row, name, answered.proof, said) or vault is None:
        raise RecoveryRefused
    changed = vaults.change(seen=vault, body=body, proof=answered.sign_in_proof, at=at)
    limiting.forget(handle=name)
    return changed


def _recipient(name: str) -> bytes:
    """Return the key to seal to. Both roads do the same work, so that the time tells nothing."""
    stand_in = recovery.public_key_of(challenges.stand_in_key(name, settings.SECRET_KEY))
    vault = _vault_of(name)
    return bytes.fromhex(vault.driver.public_key) if vault else stand_in


def _vault_of(name: str) -> Vault | None:
    alive = Vault.objects.filter(driver__user__username=name, driver__user__is_active=True)
    return alive.exclude(driver__public_key="").select_related("driver__user").first()


def _taken(recovery_id: UUID, at: datetime) -> Recovery | None:
    """Return the waiting challenge and delete it: of two answers at once, one finds it."""
    row = Recovery.objects.filter(id=recovery_id, created_at__gt=at - LIFETIME).first()
    deleted, _ = Recovery.objects.filter(id=recovery_id).delete()
    return row if deleted else None


def _is_proven(row: Recovery | None, name: str, proof: bytes, said: recovery.Answer) -> bool:
    nonce = row.nonce if row else challenges.fresh_nonce()
    fits = recovery.fits(proof, challenges.challenge_of(nonce, settings.SECRET_KEY), said)
    is_same = row is not None and row.name_mark == challenges.name_mark(name, settings.SECRET_KEY)
    return fits and is_same

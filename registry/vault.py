"""Keep and hand back a driver's locked seed; never able to open it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from protocol import vault as protocol_vault
from protocol.errors import ProtocolError
from registry import devices
from registry.domain import handles, proofs
from registry.domain.proofs import KeptProof
from registry.errors import ProofNotFresh, VaultChanged, VaultInvalid
from registry.models import Driver, SignedIn, Vault


def keep(*, driver: Driver, body: Mapping[str, Any], proof: bytes, at: datetime) -> Vault:
    """Return the driver's first vault. Raises VaultInvalid."""
    kept = proofs.keep(proof)
    return Vault.objects.create(
        driver=driver,
        body=checked(body),
        proof_salt=kept.salt,
        proof_sha256=kept.sha256,
        changed_at=at,
    )


@transaction.atomic
def change(
    *,
    seen: Vault,
    body: Mapping[str, Any],
    proof: bytes,
    at: datetime,
    is_same_passphrase: bool = False,
) -> Vault:
    """Replace the vault that was `seen`, and its proof with it.

    Every session of the driver ends with the old passphrase; the door opens a new one. With
    is_same_passphrase the lock alone was made stronger: sessions stay, and so does changed_at.

    Raises VaultInvalid, ProofNotFresh, VaultChanged (another device was faster).
    """
    if proofs.fits(proof, kept_proof(seen)):
        raise ProofNotFresh
    body, kept = checked(body), proofs.keep(proof)
    changed = Vault.objects.filter(driver_id=seen.driver_id, revision=seen.revision).update(
        body=body,
        proof_salt=kept.salt,
        proof_sha256=kept.sha256,
        revision=seen.revision + 1,
        changed_at=seen.changed_at if is_same_passphrase else at,
    )
    if not changed:
        raise VaultChanged
    if not is_same_passphrase:
        devices.sign_out_everywhere(user=seen.driver.user, at=at, why=SignedIn.Ended.PASSPHRASE)
    return Vault.objects.select_related("driver__user").get(driver_id=seen.driver_id)


def checked(body: Mapping[str, Any]) -> protocol_vault.Vault:
    """Return the vault when its shape and costs are in order. Raises VaultInvalid."""
    try:
        return protocol_vault.check(body)
    except (ProtocolError, TypeError, KeyError) as error:
        pointer = getattr(error, "pointer", "")
        field = {
            "pointer": f"#/vault{pointer}",
            "code": getattr(error, "code", "bad_vault"),
            "detail": str(error),
        }
        raise VaultInvalid(reason=str(error), fields=[field]) from error


def kept_proof(vault: Vault) -> KeptProof:
    """Return what is kept of the sign-in proof."""
    return KeptProof(salt=vault.proof_salt, sha256=vault.proof_sha256)


def parameters_for(handle: str) -> Mapping[str, Any]:
    """Return the Argon2id parameters of a handle; for an unknown one a stable stand-in."""
    name = handles.normal(handle)
    vault = Vault.objects.filter(driver__user__username=name).first()
    if vault is not None:
        kdf: Mapping[str, Any] = vault.body["kdf"]
        return kdf
    return protocol_vault.Kdf(
        algorithm=protocol_vault.KDF_ALGORITHM,
        ops=protocol_vault.NOW_OPS,
        mem_bytes=protocol_vault.NOW_MEM,
        salt=proofs.stand_in_salt(name, settings.SECRET_KEY),
    )

"""Hand signed grants and revocations to the outbox, in the shape the registry contract takes."""

from chain import outbox
from consent.models import Consent
from protocol import ids

CONTRACT = "ConsentRegistry"


def grant_reference(consent: Consent) -> str:
    """Return the name under which the grant travels; one grant, one name."""
    return f"consent.grant:{consent.id}"


def revoke_reference(consent: Consent) -> str:
    """Return the name under which the revocation travels; a new try has a new name."""
    tail = f".{consent.revoke_tries}" if consent.revoke_tries else ""
    return f"consent.revoke:{consent.id}{tail}"


def send_grant(consent: Consent) -> None:
    """Put the signed grant into the next batch. Call it inside the transaction of the signature."""
    outbox.submit_item(
        contract=CONTRACT,
        batch_function="grant_batch",
        item=(
            consent.consent_address,
            ids.to_bytes32(consent.terms["dataset_id"]),
            consent.digest_bytes(),
            consent.terms["expires_at"],
            consent.nonce,
            _bytes(consent.grant_signature),
        ),
        reference=grant_reference(consent),
    )


def send_revocation(consent: Consent) -> None:
    """Put the kept revocation into the next batch; the grant must stand on the chain already."""
    outbox.submit_item(
        contract=CONTRACT,
        batch_function="revoke_batch",
        item=(
            consent.consent_address,
            ids.to_bytes32(consent.terms["dataset_id"]),
            consent.nonce + 1,
            _bytes(consent.revoke_signature),
        ),
        reference=revoke_reference(consent),
    )


def _bytes(signature: str) -> bytes:
    return bytes.fromhex(signature.removeprefix("0x"))

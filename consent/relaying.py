"""Hand signed grants, renewals and revocations to the outbox, in the shape the registry takes."""

from chain import outbox
from consent.models import Consent, Renewal
from protocol import ids, typed_data

CONTRACT = "ConsentRegistry"


def grant_reference(consent: Consent) -> str:
    """Return the name under which the grant travels; one grant, one name."""
    return f"consent.grant:{consent.id}"


def revoke_reference(consent: Consent) -> str:
    """Return the name under which the revocation that works now travels.

    A new try has a new name, and so has the revocation that came with a renewal.
    """
    nonce = consent.way_out().nonce
    tail = f".{consent.revoke_tries}" if consent.revoke_tries else ""
    renewed = f".after-{nonce - 1}" if nonce != consent.nonce + 1 else ""
    return f"consent.revoke:{consent.id}{tail}{renewed}"


def renew_reference(renewal: Renewal) -> str:
    """Return the name under which the renewal travels; one renewal, one name."""
    return f"consent.renew:{renewal.id}"


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
            *typed_data.compact(consent.grant_signature),
        ),
        reference=grant_reference(consent),
    )


def send_renewal(renewal: Renewal) -> None:
    """Put the signed renewal into the next batch. Call it in the transaction of the signature."""
    consent = renewal.consent
    outbox.submit_item(
        contract=CONTRACT,
        batch_function="renew_batch",
        item=(
            consent.consent_address,
            ids.to_bytes32(consent.terms["dataset_id"]),
            renewal.expiry,
            renewal.nonce,
            *typed_data.compact(renewal.renew_signature),
        ),
        reference=renew_reference(renewal),
    )


def send_revocation(consent: Consent) -> None:
    """Put the revocation that works now into the next batch; its grant must stand already."""
    way_out = consent.way_out()
    outbox.submit_item(
        contract=CONTRACT,
        batch_function="revoke_batch",
        item=(
            consent.consent_address,
            ids.to_bytes32(consent.terms["dataset_id"]),
            way_out.nonce,
            *typed_data.compact(way_out.signature),
        ),
        reference=revoke_reference(consent),
    )

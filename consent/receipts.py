"""Give a driver the receipt of a consent."""

from datetime import datetime
from typing import Any

from consent.domain import instants, receipt
from consent.errors import NotGranted
from consent.models import Consent


def receipt_of(consent: Consent, *, at: datetime) -> dict[str, Any]:
    """Return the receipt as JSON-LD; it holds both signatures, so that it works without us.

    Raises NotGranted (Conflict) for a consent that was not signed.
    """
    state = consent.state_at(at)
    if not consent.grant_signature:
        raise NotGranted(state=state)
    return receipt.document(
        consent_id=str(consent.id),
        created_at=instants.text(consent.signed_at) or "",
        state=state,
        buyer=consent.offer.buyer_name,
        proof=_proof(consent),
    )


def _proof(consent: Consent) -> dict[str, Any]:
    return receipt.proof_of(
        agreed=consent.terms,
        digest=consent.terms_digest,
        address=consent.consent_address,
        chain_id=consent.chain_id,
        contract=consent.registry_address,
        nonce=consent.nonce,
        words=consent.signable(),
        grant_signature=consent.grant_signature,
        revoke_signature=consent.revoke_signature,
        chain={
            "granted_at": instants.text(consent.granted_at),
            "granted_block": consent.granted_block,
            "tx_hash": consent.tx_hash or None,
            "revoked_at": instants.text(consent.revoked_at),
            "revoked_block": consent.revoked_block,
            "revoke_tx_hash": consent.revoke_tx_hash or None,
        },
    )

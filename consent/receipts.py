"""Give a driver the receipt of a consent."""

from datetime import datetime
from itertools import takewhile
from typing import Any

from consent.domain import instants, receipt
from consent.errors import NotGranted
from consent.models import Consent, Renewal


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
        renewed_at=_renewed_at(consent),
        buyer=consent.offer.buyer_name,
        proof=_proof(consent),
    )


def _renewed_at(consent: Consent) -> str | None:
    renewed = consent.recorded_renewals()
    return instants.text(renewed[-1].renewed_at) if renewed else None


def _proof(consent: Consent) -> dict[str, Any]:
    way_out = consent.way_out()
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
        renewals=[_renewal(row) for row in _signed_renewals(consent)],
        stop_nonce=way_out.nonce,
        stop_signature=way_out.signature,
        chain={
            "expires_at": instants.text(consent.expires_at),
            "granted_at": instants.text(consent.granted_at),
            "granted_block": consent.granted_block,
            "tx_hash": consent.tx_hash or None,
            "revoked_at": instants.text(consent.revoked_at),
            "revoked_block": consent.revoked_block,
            "revoke_tx_hash": consent.revoke_tx_hash or None,
        },
    )


def _signed_renewals(consent: Consent) -> list[Renewal]:
    """Return the renewals signed here: those that stand, then one that is on its way.

    They end before one that was made elsewhere: only the chain can prove what follows it.
    """
    sent = [*consent.recorded_renewals(), consent.signed_renewal()]
    return list(takewhile(lambda row: bool(row.renew_signature), filter(None, sent)))


def _renewal(row: Renewal) -> dict[str, Any]:
    return receipt.renewal_proof(
        expiry=row.expiry,
        nonce=row.nonce,
        words=row.words(),
        renew_signature=row.renew_signature,
        revoke_signature=row.revoke_signature,
        chain={
            "renewed_at": instants.text(row.renewed_at),
            "renewed_block": row.renewed_block,
            "tx_hash": row.tx_hash or None,
        },
    )

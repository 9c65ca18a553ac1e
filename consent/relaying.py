"""Hand signed grants, renewals and revocations to the outbox, in the shape the registry takes."""

from typing import Any, NamedTuple

from chain import outbox
from chain.domain.calls import ContractCall
from consent.domain import terms
from consent.models import Consent, Renewal
from protocol import ids, typed_data

CONTRACT = "ConsentRegistry"


class _Signed(NamedTuple):
    """A message and the signature under it."""

    message: typed_data.TypedData
    signature: str


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
    """Hand over the signed grant. Call it inside the transaction of the signature."""
    said = (
        consent.consent_address,
        ids.to_bytes32(consent.terms["dataset_id"]),
        consent.digest_bytes(),
        consent.terms["expires_at"],
        consent.nonce,
    )
    signed = _Signed(consent.signable().grant, consent.grant_signature)
    _send("grant", said, signed, consent.consent_address, grant_reference(consent))


def send_renewal(renewal: Renewal) -> None:
    """Hand over the signed renewal. Call it in the transaction of the signature."""
    consent = renewal.consent
    said = (
        consent.consent_address,
        ids.to_bytes32(consent.terms["dataset_id"]),
        renewal.expiry,
        renewal.nonce,
    )
    signed = _Signed(renewal.words().renew, renewal.renew_signature)
    _send("renew", said, signed, consent.consent_address, renew_reference(renewal))


def send_revocation(consent: Consent) -> None:
    """Hand over the revocation that works now; its grant must stand already."""
    way_out = consent.way_out()
    said = (
        consent.consent_address,
        ids.to_bytes32(consent.terms["dataset_id"]),
        way_out.nonce,
    )
    signed = _Signed(consent.revocation(), way_out.signature)
    _send("revoke", said, signed, consent.consent_address, revoke_reference(consent))


def _send(act: str, said: tuple[Any, ...], signed: _Signed, address: str, reference: str) -> None:
    """Put a word into the next batch; one of a contract account goes alone, as batches ask none."""
    if terms.is_signed_by(address, signed.message, signed.signature):
        outbox.submit_item(
            contract=CONTRACT,
            batch_function=f"{act}_batch",
            item=(*said, *typed_data.compact(signed.signature)),
            reference=reference,
        )
        return
    raw = bytes.fromhex(signed.signature.removeprefix("0x"))
    call = ContractCall(CONTRACT, f"{act}_by_signature", (*said, raw))
    outbox.submit(call=call, reference=reference)

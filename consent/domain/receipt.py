"""The consent receipt (ISO/IEC TS 27560, DPV JSON-LD), and its check without any network."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from consent.domain import renewal, terms
from consent.errors import AddressMalformed
from protocol import ids
from protocol.errors import ProtocolError
from protocol.terms import terms_digest

CONTEXT: Mapping[str, Any] = {
    "dpv": "https://w3id.org/dpv#",
    "dct": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "odometer": "urn:odometer:",
    "dct:created": {"@type": "xsd:dateTime"},
    "dct:modified": {"@type": "xsd:dateTime"},
    "dct:valid": {"@type": "xsd:dateTime"},
    "proof": {"@id": "odometer:proof", "@type": "@json"},
}
RECORD_PROFILE = "https://w3id.org/dpv/schema/dpv-27560#record"
RECEIPT_PROFILE = "https://w3id.org/dpv/schema/dpv-27560#receipt"

STATUS = {
    "signed": "dpv:ConsentGiven",
    "active": "dpv:ConsentGiven",
    "revoking": "dpv:ConsentWithdrawn",
    "revoked": "dpv:ConsentWithdrawn",
    "expired": "dpv:ConsentExpired",
    "failed": "dpv:ConsentInvalidated",
}
RENEWED = "dpv:RenewedConsentGiven"


def document(
    *,
    consent_id: str,
    created_at: str,
    renewed_at: str | None,
    state: str,
    buyer: str,
    proof: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the receipt: a summary in DPV words, and the proof it can be checked against."""
    record = _record(consent_id, created_at, buyer, proof)
    record["dpv:hasConsentStatus"] = RENEWED if renewed_at and state == "active" else STATUS[state]
    if renewed_at:
        record["dct:modified"] = renewed_at
    return {
        "@context": dict(CONTEXT),
        "@id": f"urn:uuid:{consent_id}#receipt",
        "@type": "dpv:ConsentReceipt",
        "object": "consent_receipt",
        "id": consent_id,
        "dct:conformsTo": RECEIPT_PROFILE,
        "dct:created": created_at,
        "dct:language": ["en", "zh-Hans"],
        "dct:publisher": "Odometer",
        "dpv:hasRecipient": "dpv:DataSubject",
        "dpv:hasRecordOfActivity": record,
        "proof": dict(proof),
    }


def proof_of(
    *,
    agreed: Mapping[str, Any],
    digest: str,
    address: str,
    chain_id: int,
    contract: str,
    nonce: int,
    words: terms.Signable,
    grant_signature: str,
    revoke_signature: str,
    renewals: Sequence[Mapping[str, Any]],
    stop_nonce: int,
    stop_signature: str,
    chain: Mapping[str, Any],
) -> dict[str, Any]:
    """Return what anyone needs to check the consent, and what its driver needs to end it.

    stop_*: the revocation that the chain takes now. While a renewal is on its way it is the one
    from before; the renewal's own is in its `signatures`, with the nonce after the renewal's.
    """
    dataset = "0x" + ids.to_bytes32(agreed["dataset_id"]).hex()
    stop = {"contract": contract, "function": "revoke_by_signature"}
    return {
        "terms": dict(agreed),
        "terms_keccak256": digest,
        "consent_address": address,
        "chain_id": chain_id,
        "contract": contract,
        "nonce": nonce,
        "typed_data": {"grant": words.grant, "revoke": words.revoke},
        "signatures": {"grant": grant_signature, "revoke": revoke_signature},
        "renewals": [dict(one) for one in renewals],
        "chain": dict(chain),
        "how_to_stop": (
            {**stop, "args": [address, dataset, stop_nonce, stop_signature]}
            if stop_signature
            else None
        ),
    }


def renewal_proof(
    *,
    expiry: int,
    nonce: int,
    words: renewal.RenewalWords,
    renew_signature: str,
    revoke_signature: str,
    chain: Mapping[str, Any],
) -> dict[str, Any]:
    """Return what anyone needs to check one renewal. expiry: Unix seconds."""
    return {
        "expires_at": expiry,
        "nonce": nonce,
        "typed_data": {"renew": words.renew, "revoke": words.revoke},
        "signatures": {"renew": renew_signature, "revoke": revoke_signature},
        "chain": dict(chain),
    }


def faults(receipt: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a receipt, as codes; an empty list means that it holds.

    No network is used: whether the consent still stands, only the chain can tell.
    """
    try:
        return [code for code, is_wrong in _checks(receipt).items() if is_wrong]
    except (KeyError, TypeError, ValueError, AttributeError, ProtocolError, AddressMalformed):
        return ["unreadable"]


def _checks(receipt: Mapping[str, Any]) -> dict[str, bool]:
    proof = receipt["proof"]
    agreed, digest = proof["terms"], proof["terms_keccak256"]
    words = terms.signable(
        chain_id=proof["chain_id"],
        registry=proof["contract"],
        driver=proof["consent_address"],
        dataset_id=agreed["dataset_id"],
        digest=bytes.fromhex(digest.removeprefix("0x")),
        expiry=agreed["expires_at"],
        nonce=proof["nonce"],
    )
    signed = proof["signatures"]
    address = proof["consent_address"]
    return {
        "digest_differs": "0x" + terms_digest(agreed).hex() != digest,
        "typed_data_differs": proof["typed_data"] != {"grant": words.grant, "revoke": words.revoke},
        "grant_signature_wrong": not terms.is_signed_by(address, words.grant, signed["grant"]),
        "revoke_signature_wrong": not terms.is_signed_by(address, words.revoke, signed["revoke"]),
        "renewal_differs": not _renewals_follow(proof),
        "renewal_signature_wrong": not all(_is_signed(one, address) for one in _renewals(proof)),
        "summary_differs": _process(proof, _said_buyer(receipt)) != _said(receipt),
    }


def _renewals(proof: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = proof.get("renewals", ())  # older receipts have none
    return found


def _renewals_follow(proof: Mapping[str, Any]) -> bool:
    """Tell whether each renewal is the very next word after the grant or the one before it."""
    for place, one in enumerate(_renewals(proof)):
        words = renewal.words(
            chain_id=proof["chain_id"],
            registry=proof["contract"],
            driver=proof["consent_address"],
            dataset_id=proof["terms"]["dataset_id"],
            expiry=one["expires_at"],
            nonce=proof["nonce"] + 1 + place,
        )
        if one["typed_data"] != {"renew": words.renew, "revoke": words.revoke}:
            return False
    return True


def _is_signed(one: Mapping[str, Any], address: str) -> bool:
    words, signed = one["typed_data"], one["signatures"]
    return all(
        terms.is_signed_by(address, words[name], signed[name]) for name in ("renew", "revoke")
    )


def _until(proof: Mapping[str, Any]) -> int:
    """Return the end that counts: that of the last renewal on the chain, else the terms' own."""
    stand = [one for one in _renewals(proof) if one["chain"]["renewed_block"] is not None]
    return int(stand[-1]["expires_at"] if stand else proof["terms"]["expires_at"])


def _said(receipt: Mapping[str, Any]) -> object:
    return receipt["dpv:hasRecordOfActivity"]["dpv:hasProcess"]


def _record(
    consent_id: str, created_at: str, buyer: object, proof: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "@id": f"urn:uuid:{consent_id}",
        "@type": "dpv:ConsentRecord",
        "dct:identifier": consent_id,
        "dct:conformsTo": RECORD_PROFILE,
        "dct:created": created_at,
        "dpv:hasDataSubject": {"@type": "dpv:DataSubject"},
        "dpv:hasDataController": {"@type": "dpv:DataController", "dpv:hasName": "Odometer"},
        "dpv:hasLegalBasis": "dpv:ExplicitlyExpressedConsent",
        "dpv:hasProcess": _process(proof, buyer),
    }


def _process(proof: Mapping[str, Any], buyer: object) -> dict[str, Any]:
    """Return the summary that follows from the proof; the buyer's name is not part of it."""
    agreed, until = proof["terms"], _until(proof)
    summary = {
        "@type": "dpv:Process",
        "dpv:hasPurpose": list(agreed["purposes"]),
        "dpv:hasPersonalData": [f"odometer:signal-group:{g}" for g in agreed["signal_groups"]],
        "dpv:hasProcessing": ["dpv:Use", "dpv:Anonymise"],
        "dpv:hasTechnicalOrganisationalMeasure": "dpv:DifferentialPrivacy",
        "dpv:hasRecipient": {"dpv:hasName": buyer, "odometer:class": agreed["recipient_class"]},
        "dpv:hasDuration": {"@type": "dpv:UntilTimeDuration", "odometer:until": until},
        "dpv:hasNotice": dict(agreed["text"]),
        "dpv:hasWithdrawalMethod": "odometer:how-to-stop",
    }
    if until != agreed["expires_at"]:
        ends_at = datetime.fromtimestamp(until, UTC)
        summary["odometer:notice-as-renewed"] = renewal.sentence(agreed, ends_at)
    return summary


def _said_buyer(receipt: Mapping[str, Any]) -> object:
    return receipt["dpv:hasRecordOfActivity"]["dpv:hasProcess"]["dpv:hasRecipient"]["dpv:hasName"]

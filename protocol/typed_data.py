"""EIP-712 messages people sign: words of consent, orders, campaigns, claims and permits."""

from collections.abc import Mapping, Sequence
from string import hexdigits
from typing import Any, TypedDict

from eth_abi.exceptions import EncodingError
from eth_account.messages import encode_typed_data
from eth_keys.datatypes import PrivateKey, Signature
from eth_keys.exceptions import BadSignature
from eth_utils.address import is_checksum_address, to_checksum_address
from eth_utils.exceptions import ValidationError

from protocol.errors import ProtocolError
from protocol.hashing import keccak256

TypedData = dict[str, Any]


class Domain(TypedDict):
    """Which contract on which chain a signature is meant for."""

    name: str
    version: str
    chainId: int
    verifyingContract: str


_WORD_BYTES = 32
_SIGNATURE_BYTES = 65
_V_OFFSET = 27
_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_DOMAIN_FIELDS = "string name,string version,uint256 chainId,address verifyingContract"
_FIELDS = {
    "Grant": "address driver,bytes32 dataset,bytes32 terms,uint64 expiry,uint64 nonce",
    "Renew": "address driver,bytes32 dataset,uint64 expiry,uint64 nonce",
    "Revoke": "address driver,bytes32 dataset,uint64 nonce",
    "Order": "address buyer,address recipient,bytes32 release,uint256 maxPrice,uint64 deadline",
    "Fund": (
        "address funder,address recipient,bytes32 request,bytes32 dataset,uint256 bounty,"
        "uint64 threshold,uint64 deadline,uint64 validUntil"
    ),
    "Claim": "address driver,address to,bytes32[] releases,uint64 deadline",
    "Permit": "address owner,address spender,uint256 value,uint256 nonce,uint256 deadline",
}


def consent_domain(chain_id: int, address: str) -> Domain:
    """Return the domain of the consent registry at `address`."""
    return token_domain("Odometer ConsentRegistry", chain_id, address)


def market_domain(chain_id: int, address: str) -> Domain:
    """Return the domain of the release market at `address`."""
    return token_domain("Odometer ReleaseMarket", chain_id, address)


def escrow_domain(chain_id: int, address: str) -> Domain:
    """Return the domain of the campaign escrow at `address`."""
    return token_domain("Odometer CampaignEscrow", chain_id, address)


def token_domain(name: str, chain_id: int, address: str) -> Domain:
    """Return the domain of a payment token that calls itself `name`, version 1."""
    return {
        "name": name,
        "version": "1",
        "chainId": chain_id,
        "verifyingContract": to_checksum_address(address),
    }


def grant(
    domain: Domain, *, driver: str, dataset: bytes, terms: bytes, expiry: int, nonce: int
) -> TypedData:
    """Return the grant of these terms. expiry: Unix seconds; nonce: the registry's present one."""
    message = {"driver": driver, "dataset": dataset, "terms": terms}
    return _typed("Grant", domain, {**message, "expiry": expiry, "nonce": nonce})


def renew(domain: Domain, *, driver: str, dataset: bytes, expiry: int, nonce: int) -> TypedData:
    """Return the renewal of a standing consent under the same terms. expiry: Unix seconds."""
    message = {"driver": driver, "dataset": dataset, "expiry": expiry, "nonce": nonce}
    return _typed("Renew", domain, message)


def revoke(domain: Domain, *, driver: str, dataset: bytes, nonce: int) -> TypedData:
    """Return the revocation of a grant; its nonce is the grant's plus one."""
    return _typed("Revoke", domain, {"driver": driver, "dataset": dataset, "nonce": nonce})


def order(
    domain: Domain, *, buyer: str, recipient: str, release: bytes, max_price: int, deadline: int
) -> TypedData:
    """Return the order for one license. max_price: token units; deadline: Unix seconds."""
    parties = {"buyer": buyer, "recipient": recipient, "release": release}
    return _typed("Order", domain, {**parties, "maxPrice": max_price, "deadline": deadline})


def fund(
    domain: Domain,
    *,
    funder: str,
    recipient: str,
    request: bytes,
    dataset: bytes,
    bounty: int,
    threshold: int,
    deadline: int,
    valid_until: int,
) -> TypedData:
    """Return the funding of a campaign: its bounty waits in escrow.

    recipient: who gets the license; bounty: token units; threshold: drivers needed; deadline: last
    second of the campaign; valid_until: last second of this signature. Both in Unix seconds.
    """
    parties = {"funder": funder, "recipient": recipient, "request": request, "dataset": dataset}
    bounds = {"threshold": threshold, "deadline": deadline, "validUntil": valid_until}
    return _typed("Fund", domain, {**parties, "bounty": bounty, **bounds})


def claim(
    domain: Domain, *, driver: str, to: str, releases: Sequence[bytes], deadline: int
) -> TypedData:
    """Return the claim of one consent address on some releases, paid out to `to`."""
    parties = {"driver": driver, "to": to, "releases": list(releases)}
    return _typed("Claim", domain, {**parties, "deadline": deadline})


def permit(
    domain: Domain, *, owner: str, spender: str, value: int, nonce: int, deadline: int
) -> TypedData:
    """Return the EIP-2612 permit over `value` token units."""
    parties = {"owner": owner, "spender": spender, "value": value}
    return _typed("Permit", domain, {**parties, "nonce": nonce, "deadline": deadline})


def digest(typed: TypedData) -> bytes:
    """Return the 32 bytes that are signed.

    Raises ProtocolError(bad_typed_data) when a value does not fit its type.
    """
    try:
        message = encode_typed_data(full_message=typed)
    except (EncodingError, ValueError, TypeError, KeyError) as error:
        raise ProtocolError("bad_typed_data", f"this cannot be signed: {error}") from error
    return keccak256(b"\x19" + message.version + message.header + message.body)


def sign(private_key: bytes, typed: TypedData) -> str:
    """Return the signature r | s | v as 0x hex of 65 bytes; deterministic, low s, v 27 or 28."""
    signature = PrivateKey(private_key).sign_msg_hash(digest(typed))
    raw = signature.to_bytes()
    return "0x" + raw[:-1].hex() + format(raw[-1] + _V_OFFSET, "02x")


def compact(signature: str | bytes) -> tuple[bytes, bytes]:
    """Return r and vs, 32 bytes each: the short form of ERC-2098, with v in the top bit of s.

    Raises ProtocolError(bad_signature), and ProtocolError(high_s), whose top bit is taken.
    """
    raw = _low_s(_signature_bytes(signature))
    s = int.from_bytes(raw[32:64]) | (raw[64] - _V_OFFSET) << 255
    return raw[:32], s.to_bytes(32)


def recover(typed: TypedData, signature: str | bytes) -> str:
    """Return the checksum address that signed.

    Raises ProtocolError(bad_signature) for a malformed signature and ProtocolError(high_s) for
    the second form that every signature has.
    """
    return recover_digest(digest(typed), signature)


def recover_digest(signed: bytes, signature: str | bytes) -> str:
    """Return the checksum address that signed these 32 bytes. Raises ProtocolError, as above."""
    raw = _low_s(_signature_bytes(signature))
    try:
        parts = Signature(signature_bytes=raw[:64] + bytes([raw[64] - _V_OFFSET]))
        key = parts.recover_public_key_from_msg_hash(signed)
    except (BadSignature, ValidationError) as error:
        raise ProtocolError("bad_signature", "nobody can have made this signature") from error
    return str(key.to_checksum_address())


def address_of(private_key: bytes) -> str:
    """Return the checksum address of a secp256k1 private key."""
    return str(PrivateKey(private_key).public_key.to_checksum_address())


def is_address(text: str) -> bool:
    """Tell whether the text is an address in checksum form (EIP-55)."""
    return bool(is_checksum_address(text))


def _signature_bytes(signature: str | bytes) -> bytes:
    raw = signature if isinstance(signature, bytes) else _from_hex(signature)
    if len(raw) != _SIGNATURE_BYTES or raw[64] not in {_V_OFFSET, _V_OFFSET + 1}:
        raise ProtocolError("bad_signature", "a signature is r, s and v (27 or 28), 65 bytes")
    return raw


def _low_s(raw: bytes) -> bytes:
    if int.from_bytes(raw[32:64]) > _ORDER // 2:
        raise ProtocolError("high_s", "this signature is in its high-s form")
    return raw


def _from_hex(text: str) -> bytes:
    digits = text.removeprefix("0x")
    if not set(digits) <= set(hexdigits) or len(digits) % 2:
        raise ProtocolError("bad_signature", "a signature is written in hex")
    return bytes.fromhex(digits)


def _typed(name: str, domain: Domain, values: Mapping[str, object]) -> TypedData:
    fields = _fields(_FIELDS[name])
    message = {field["name"]: _json(field, values[field["name"]]) for field in fields}
    return {
        "types": {"EIP712Domain": _fields(_DOMAIN_FIELDS), name: fields},
        "primaryType": name,
        "domain": dict(domain),
        "message": message,
    }


def _fields(text: str) -> list[dict[str, str]]:
    pairs = (field.split(" ") for field in text.split(","))
    return [{"name": name, "type": kind} for kind, name in pairs]


def _json(field: Mapping[str, str], value: Any) -> object:
    """Return a value as wallets take it: hex bytes, checksum addresses, wide numbers as text."""
    kind = field["type"]
    if kind == "bytes32[]":
        return [_word(member) for member in value]
    if kind == "bytes32":
        return _word(value)
    if kind == "address":
        return _address(value)
    return str(value) if kind == "uint256" else value


def _word(value: bytes) -> str:
    if len(value) != _WORD_BYTES:
        raise ProtocolError("bad_typed_data", "an id or digest is 32 bytes")
    return "0x" + value.hex()


def _address(value: str) -> str:
    if value != value.lower() and not is_checksum_address(value):
        raise ProtocolError("bad_typed_data", "an address has a wrong checksum")
    try:
        return str(to_checksum_address(value))
    except ValueError as error:
        raise ProtocolError("bad_typed_data", "this is not an address") from error

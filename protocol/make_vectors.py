"""Write the test vectors that every implementation of the protocol must meet."""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from protocol import (
    allotment,
    canonical,
    cid,
    envelope,
    ids,
    manifest,
    merkle,
    query_spec,
    recovery_vectors,
    terms,
    typed_data,
    vault,
)
from protocol.vector_inputs import (
    CANONICAL_BAD,
    CANONICAL_GOOD,
    CONTEXT,
    DATASET_ID,
    ENVELOPE_BAD,
    MANIFEST,
    OTHER_CONTEXT,
    PASSPHRASE,
    QUERY_SPEC,
    SAME_PASSPHRASE,
    TERMS,
    plaintext,
    secret,
)

DIRECTORY: Final = Path(__file__).with_name("vectors")
CHAIN_ID: Final = 31337
_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_SHOWN_BYTES = 64


def build() -> dict[str, str]:
    """Return the text of every vector file by its name; the same text each time."""
    makers: dict[str, Callable[[], object]] = {
        "allotment": _allotment,
        "canonical": _canonical,
        "cid": _cid,
        "envelope": _envelope,
        "ids": _ids,
        "manifest": _manifest,
        "merkle": _merkle,
        "query_spec": _query_spec,
        "recovery": recovery_vectors.build,
        "terms": _terms,
        "typed_data": _typed_data,
        "vault": _vault,
    }
    return {
        f"{name}.json": json.dumps(make(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        for name, make in makers.items()
    }


def main() -> None:
    """Write the files."""
    DIRECTORY.mkdir(exist_ok=True)
    for name, text in build().items():
        (DIRECTORY / name).write_text(text, encoding="utf-8")


def _canonical() -> object:
    good = [
        {"json": text, "hex": canonical.encode(json.loads(text)).hex()} for text in CANONICAL_GOOD
    ]
    return {"good": good, "bad_hex": [data.hex() for data in CANONICAL_BAD]}


def _envelope() -> object:
    data_key, stream_header = secret("data key"), secret("stream header")[:24]
    context = envelope.Context(**CONTEXT)
    return {
        "data_key": data_key.hex(),
        "stream_header": stream_header.hex(),
        "context": CONTEXT,
        "context_digest": context.digest.hex(),
        "plaintext": "byte i is i mod 251",
        "objects": [_sealed(size, stream_header, data_key) for size in _SIZES],
        "bad": ENVELOPE_BAD,
        "wrapped": _wrapped(data_key, context),
    }


_SIZES = (0, 1, 45, 65_535, 65_536, 65_537, 200_000)


def _sealed(size: int, stream_header: bytes, data_key: bytes) -> Mapping[str, object]:
    pieces = envelope.seal_from(
        stream_header, plaintext(size), data_key, envelope.Context(**CONTEXT)
    )
    sealed = b"".join(pieces)
    shown = {"hex": sealed.hex()} if size <= _SHOWN_BYTES else {}
    digest = hashlib.sha256(sealed).hexdigest()
    return {"plain_bytes": size, "sealed_bytes": len(sealed), "sha256": digest, **shown}


def _wrapped(data_key: bytes, context: envelope.Context) -> object:
    private_key = secret("recipient")
    public_key = envelope.public_key_of(private_key)
    wrapped = envelope.wrap_key_from(secret("ephemeral"), data_key, public_key, context)
    return {
        "private_key": private_key.hex(),
        "public_key": public_key.hex(),
        "hex": wrapped.hex(),
        "other_context": OTHER_CONTEXT,
    }


def _vault() -> object:
    seed, salt = secret("seed"), secret("salt")[:16]
    new = vault.create_from(PASSPHRASE, seed, salt=salt, nonce=secret("nonce")[:24])
    dataset = ids.to_bytes32(DATASET_ID)
    return {
        "passphrase": PASSPHRASE,
        "same_passphrase": SAME_PASSPHRASE,
        "seed": seed.hex(),
        "salt": salt.hex(),
        "nonce": secret("nonce")[:24].hex(),
        "words": vault.words_of(seed),
        "vault": new.vault,
        "sign_in_proof": new.sign_in_proof.hex(),
        "seal_key": vault.prove(PASSPHRASE, new.vault["kdf"]).seal_key.hex(),
        "keys": {
            "box": vault.box_key(seed).hex(),
            "box_public": vault.box_public_key(seed).hex(),
            "dataset_id": DATASET_ID,
            "consent": vault.consent_key(seed, dataset).hex(),
            "consent_address": typed_data.address_of(vault.consent_key(seed, dataset)),
            "payout": vault.payout_key(seed).hex(),
        },
        "weak": [{"ops": 2}, {"mem_bytes": 67_108_863}, {"algorithm": "argon2i13"}],
    }


def _ids() -> object:
    return [{"uuid": DATASET_ID, "bytes32": ids.to_bytes32(DATASET_ID).hex()}]


def _terms() -> object:
    return {"terms": TERMS, "digest": terms.terms_digest(TERMS).hex()}


def _typed_data() -> object:
    key = secret("consent key")
    return {
        "private_key": key.hex(),
        "address": typed_data.address_of(key),
        "messages": [_signed(key, typed) for typed in _messages(typed_data.address_of(key))],
        "high_s": _high_s(key),
    }


def _messages(driver: str) -> list[typed_data.TypedData]:
    consent = typed_data.consent_domain(CHAIN_ID, _address("consent registry"))
    market = typed_data.market_domain(CHAIN_ID, _address("release market"))
    escrow = typed_data.escrow_domain(CHAIN_ID, _address("campaign escrow"))
    token = typed_data.token_domain("Test Dollar", CHAIN_ID, _address("token"))
    dataset, release, other = ids.to_bytes32(DATASET_ID), secret("release"), _address("payee")
    expiry, digest = 1_800_000_000, terms.terms_digest(TERMS)
    return [
        typed_data.grant(
            consent, driver=driver, dataset=dataset, terms=digest, expiry=expiry, nonce=0
        ),
        typed_data.renew(consent, driver=driver, dataset=dataset, expiry=expiry, nonce=1),
        typed_data.revoke(consent, driver=driver, dataset=dataset, nonce=1),
        typed_data.order(
            market,
            buyer=driver,
            recipient=other,
            release=release,
            max_price=10**20,
            deadline=expiry,
        ),
        typed_data.fund(
            escrow,
            funder=driver,
            recipient=other,
            request=release,
            dataset=dataset,
            bounty=10**20,
            threshold=500,
            deadline=expiry,
            valid_until=expiry - 1,
        ),
        typed_data.claim(
            market, driver=driver, to=other, releases=[release, dataset], deadline=expiry
        ),
        typed_data.permit(
            token, owner=driver, spender=other, value=2**256 - 1, nonce=0, deadline=expiry
        ),
    ]


def _signed(key: bytes, typed: typed_data.TypedData) -> Mapping[str, object]:
    digest = typed_data.digest(typed).hex()
    signature = typed_data.sign(key, typed)
    return {
        "typed": typed,
        "digest": digest,
        "signature": signature,
        "compact": [word.hex() for word in typed_data.compact(signature)],
    }


def _high_s(key: bytes) -> str:
    """Return the second form of the first message's signature, which must be refused."""
    typed = _messages(typed_data.address_of(key))[0]
    raw = bytes.fromhex(typed_data.sign(key, typed)[2:])
    high = _ORDER - int.from_bytes(raw[32:64])
    return "0x" + raw[:32].hex() + high.to_bytes(32).hex() + format(55 - raw[64], "02x")


def _merkle() -> object:
    addresses = sorted((_address(f"contributor {i}") for i in range(7)), key=str.lower)
    trees = []
    for count, weight in ((1, 1), (2, 1), (5, 3), (7, 1)):
        shares = merkle.shares_of(addresses[:count], weight)
        tree = merkle.Tree(shares)
        leaves = [
            {
                "address": share.address,
                "start": share.start,
                "weight": share.weight,
                "leaf": merkle.leaf(share).hex(),
                "proof": [node.hex() for node in tree.proof(index)],
            }
            for index, share in enumerate(shares)
        ]
        trees.append({"root": tree.root.hex(), "shares": leaves})
    return trees


def _allotment() -> object:
    cases = [(11_000_000, 7, 1), (1, 3, 1), (10**30 + 1, 5, 1), (99, 100, 10)]
    return [
        {
            "pool_units": str(pool),
            "total_weight": total,
            "weight": weight,
            "share_units": [
                str(allotment.share_units(pool, total, start, weight))
                for start in range(0, total, weight)
            ],
        }
        for pool, total, weight in cases
    ]


def _cid() -> object:
    sizes = (0, 11, 1_048_576, 1_048_577, 3_145_728, 5_000_000)
    return [{"plain_bytes": size, "cid": cid.cid_of([plaintext(size)])} for size in sizes]


def _manifest() -> object:
    return {
        "manifest": MANIFEST,
        "sha256": hashlib.sha256(manifest.encode(manifest.check(MANIFEST))).hexdigest(),
        "digest": manifest.digest(manifest.check(MANIFEST)).hex(),
    }


def _query_spec() -> object:
    return {
        "spec": QUERY_SPEC,
        "sha256": query_spec.spec_sha256(query_spec.parse(QUERY_SPEC)).hex(),
    }


def _address(label: str) -> str:
    return typed_data.address_of(secret(label))


if __name__ == "__main__":
    main()

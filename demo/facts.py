"""Read everything back from chain, IPFS and API, and lay it down as var/demo.json."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import odometer as od
from demo import nodes
from demo.cast import Member
from demo.choices import Answer
from demo.journey import Journey, JourneyBroken, Sold
from demo.reconciling import Books, books_of
from odometer import chain as onchain
from odometer import erasing, verifying
from odometer.earning import Payout
from odometer.rpc import Event
from protocol.cid import cid_digest
from protocol.ids import to_bytes32


@dataclass
class ReadBack:
    """What the API tells the drivers at the end. payouts: release to address to share."""

    answered: int = 0
    uploads: Counter[str] = field(default_factory=Counter)
    cids: set[str] = field(default_factory=set)
    declined: int = 0
    quality: Counter[str] = field(default_factory=Counter)
    payouts: dict[str, dict[str, Payout]] = field(default_factory=dict)


def read_back(journey: Journey) -> ReadBack:
    """Ask every driver's own doors once more."""
    living = journey.chosen(lambda member: member is not journey.erased)

    def act(member: Member) -> tuple[list[dict[str, Any]], bool, list[Payout]]:
        uploads = [upload.body for upload in member.driver.uploads()]
        if member.choice.answer is not Answer.GRANT:
            return uploads, _has_declined(member), []
        return uploads, False, list(member.driver.payouts())

    told = journey.crew.each("read_back", "Read everything back", living, act)
    seen = ReadBack(answered=len(told))
    for uploads, has_declined, payouts in told:
        _note_uploads(seen, uploads)
        seen.declined += has_declined
        for payout in payouts:
            seen.payouts.setdefault(payout.release_id, {})[payout.consent_address] = payout
    return seen


def money(journey: Journey, seen: ReadBack) -> list[Books]:
    """Return the books of every release of this demo, added up.

    The share of the driver who has left since stays claimable, so it is counted too.
    """
    chain = journey.cast.chain
    books = []
    for sold in journey.sold:
        shares = dict(seen.payouts.get(sold.release_id, {}))
        left = journey.erased_payouts.get(sold.release_id)
        if left is not None:
            shares[left.consent_address] = left
        books.append(books_of(chain, sold.release_id, shares))
    return books


def report(journey: Journey, seen: ReadBack, books: Sequence[Books]) -> dict[str, Any]:
    """Return the content of var/demo.json."""
    chain = journey.cast.chain
    pins = nodes.pins()
    releases = [_release(journey, sold) for sold in journey.sold]
    return {
        "version": 1,
        "is_simulated": journey.is_simulated,
        "batch": journey.cast.batch,
        "portal_url": journey.cast.url,
        "nodes": nodes.kinds(),
        "chain": {
            "chain_id": int(chain.rpc.ask("eth_chainId"), 16),
            "head": chain.rpc.head(),
            "contracts": chain.addresses,
            "token": asdict(chain.token),
            "builder_key_sha256": chain.builder_key_sha256().hex(),
        },
        "drivers": {"enrolled": seen.answered + (journey.erased is not None)},
        "uploads": {"states": dict(seen.uploads), "quality_codes": dict(seen.quality)},
        "pins": {
            "of_this_demo": len(seen.cids & pins),
            "wanted": len(seen.cids),
            "on_the_node": len(pins),
        },
        "consents": {**_consents(journey), "declined": seen.declined},
        "dataset": _dataset(journey),
        "releases": releases,
        "purchases": sum(book.sales for book in books),
        "claims": sum(book.claims for book in books),
        "money": [_plain(book) for book in books],
        "erasure": _erasure(journey),
        "seconds": dict(journey.crew.seconds),
    }


def _has_declined(member: Member) -> bool:
    if not member.offer_id:
        return False
    answer = member.driver.offer(member.offer_id).body.get("answer") or {}
    return bool(answer.get("state") == "declined")


def _note_uploads(seen: ReadBack, uploads: Sequence[dict[str, Any]]) -> None:
    for upload in uploads:
        seen.uploads[upload["state"]] += 1
        seen.quality.update((upload.get("quality") or {}).get("codes") or [])
        if upload.get("cid"):
            seen.cids.add(upload["cid"])


def _consents(journey: Journey) -> dict[str, int]:
    chain = journey.cast.chain
    dataset = to_bytes32(journey.request["dataset_id"])

    def count(event: Event) -> int:
        logged = chain.rpc.events(chain.registry, event)
        return sum(one.values["dataset"] == dataset for one in logged)

    return {"granted": count(onchain.GRANTED), "revoked": count(onchain.REVOKED)}


def _dataset(journey: Journey) -> dict[str, Any]:
    record = journey.cast.chain.dataset(journey.request["dataset_id"])
    return {
        "id": journey.request["dataset_id"],
        "fee_bps": record.fee_bps,
        "rho_cap_micro": record.rho_cap_micro,
        "rho_spent_micro": record.rho_spent_micro,
        "over_the_cap": cap_refusal(journey.cast.chain, journey.request["dataset_id"]),
    }


def cap_refusal(chain: od.Chain, dataset_id: str) -> str:
    """Return what the contract answers its own operator to a release above the dataset's cap."""
    cap = chain.dataset(dataset_id).rho_cap_micro
    (operator,) = chain.rpc.call(chain.stewardship, "operator()", returns=["address"])
    word = b"\1" * 32
    try:
        chain.rpc.call(
            chain.market,
            "publish(bytes32,bytes32,bytes32,bytes32,bytes32,uint64,uint64,uint128,uint64)",
            word,
            to_bytes32(dataset_id),
            word,
            word,
            word,
            1,
            cap + 1,
            1,
            1,
            returns=[],
            sender=operator,
        )
    except od.Untrusted as refusal:
        return str(refusal).partition("reverted: ")[2] or str(refusal)
    raise JourneyBroken("the contract took a release above the dataset's cap")


def _release(journey: Journey, sold: Sold) -> dict[str, Any]:
    chain = journey.cast.chain
    release = journey.cast.developer.release(sold.release_id)
    manifest = release.manifest()
    record = chain.release(sold.release_id)
    return {
        "id": sold.release_id,
        "spec_sha256": manifest["spec_sha256"],
        "manifest_digest": "0x" + record.manifest_digest.hex(),
        "cid": manifest["file"]["cid"],
        "cid_sha256": cid_digest(manifest["file"]["cid"]).hex(),
        "rho_micro": manifest["rho_micro"],
        "epsilon": manifest["epsilon"],
        "delta": manifest["delta"],
        "cohort_noised": manifest["cohort_noised"],
        "contributors": record.total_weight,
        "consent_block": manifest["consent_block"]["number"],
        "published_block": verifying.publication(chain, manifest),
        "price_units": str(record.price_units),
        "sales": record.sales,
        "is_simulated": manifest["is_simulated"],
    }


def _erasure(journey: Journey) -> dict[str, Any]:
    if journey.erased is None or journey.erased.upload is None:
        raise JourneyBroken("nobody was erased")
    uploads = [journey.erased.upload.id]
    proved = erasing.verify(journey.erasure["proof"], journey.cast.chain, uploads)
    cid = journey.erased.upload.cid or ""
    return {
        "state": journey.erasure["state"],
        "uploads": proved.uploads,
        "tombstone_block": proved.block_number,
        "is_pinned": cid in nodes.pins(),
        "is_on_the_node": nodes.has_block(cid),
        "key_answers": _key_status(journey, journey.erased.upload.id),
    }


def _key_status(journey: Journey, upload_id: str) -> int:
    """Return what the door of an erased upload's key answers to its own driver."""
    if journey.erased is None:
        return 0
    try:
        journey.erased.session.get(f"/uploads/{upload_id}/key")
    except od.Refusal as refusal:
        return refusal.status
    return 200


def _plain(books: Books) -> dict[str, Any]:
    """Return the books as JSON; amounts are texts, because they outgrow a float."""
    pairs = asdict(books)
    return {name: str(v) if name.endswith("_units") else v for name, v in pairs.items()}

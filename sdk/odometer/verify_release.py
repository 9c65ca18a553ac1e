"""Hold one release against the chain; needs nothing of Odometer but this file.

Needs pycryptodome, a node you trust, and the two published files: manifest and contributors.
"""

import argparse
import base64
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib import error, request
from uuid import UUID

from Crypto.Hash import keccak

Ask = Callable[[str, list[Any]], Any]  # JSON-RPC: method and parameters to result
Check = tuple[str, str, str]  # its name, what is wrong (empty: nothing), what was found

PUBLISHED = "ReleasePublished(bytes32,bytes32,bytes32,bytes32,bytes32,uint64,uint64,uint128,uint64)"
CREATED = "DatasetCreated(bytes32,address,uint16,uint64)"
BOUGHT = "Bought(bytes32,address,address,uint256,uint256)"
CLAIMED = "Claimed(bytes32,address,address,uint256,uint64)"
GRANTED = "Granted(address,bytes32,bytes32,uint64,uint64)"
RENEWED = "Renewed(address,bytes32,uint64,uint64)"
REVOKED = "Revoked(address,bytes32,uint64)"
EXPIRY = {GRANTED: 3, RENEWED: 2}  # the field that says until when; a revocation has none
BPS, HIGHEST_FEE_BPS = 10_000, 1_500
REFUSED = (RuntimeError, error.HTTPError)  # by the node, or by what stands before it


class Event(NamedTuple):
    """One log: block and place in it, signature, and its fields as numbers in their order."""

    at: tuple[int, int]
    kind: str
    fields: list[int]


class Release:
    """What the two files say of a release, and all that the chain says of it."""

    def __init__(self, ask: Ask, market: str, registry: str, manifest: Any, people: Any) -> None:
        self.ask, self.manifest, self.people = ask, manifest, people["contributors"]
        ids = [manifest["release_id"], manifest["dataset_id"]]
        self.id, self.dataset = ("0x" + UUID(one).bytes.ljust(32, b"\0").hex() for one in ids)
        head, since = int(ask("eth_blockNumber", []), 16), manifest["consent_block"]["number"]
        self.block = ask("eth_getBlockByNumber", [hex(since), False]) or {}
        call = "0x" + digest(b"release_of(bytes32)").hex()[:8] + self.id[2:]
        answer = ask("eth_call", [{"to": market, "data": call}, hex(head)])
        _, self.price, self.fee_bps, *more = words(answer)
        self.weight, self.sales, self.root, self.digest = more
        self.pool = self.price - self.price * self.fee_bps // BPS  # of one sale
        self.created = self.events(market, [CREATED], [self.dataset], head)
        self.published = self.events(market, [PUBLISHED], [None, self.dataset], head)
        self.sold = self.events(market, [BOUGHT], [self.id], head)
        self.claimed = self.events(market, [CLAIMED], [self.id], head)
        self.consents = self.events(registry, [*EXPIRY, REVOKED], [None, self.dataset], since)

    def events(self, at: str, kinds: list[str], topics: list[Any], last: int) -> list[Event]:
        """Return a contract's events of these kinds up to a block, oldest first."""
        named = {"0x" + digest(kind.encode()).hex(): kind for kind in kinds}
        found = self.logs({"address": at, "topics": [list(named), *topics]}, 0, last)
        places = [(int(log["blockNumber"], 16), int(log["logIndex"], 16)) for log in found]
        fields = [words("".join(x[2:] for x in [*log["topics"][1:], log["data"]])) for log in found]
        return sorted(map(Event, places, [named[log["topics"][0]] for log in found], fields))

    def logs(self, wanted: dict[str, Any], first: int, last: int) -> list[Any]:
        """Return logs; where the node finds that too much, of one half of the blocks each."""
        try:
            bounds = {"fromBlock": hex(first), "toBlock": hex(last)}
            return list(self.ask("eth_getLogs", [{**wanted, **bounds}]))
        except REFUSED:
            if first >= last:
                raise
            half = (first + last) // 2
            return self.logs(wanted, first, half) + self.logs(wanted, half + 1, last)


def of_publication(release: Release) -> Iterator[Check]:
    """Check that the chain published this manifest, and that the dataset's privacy cap held."""
    said, told = release.manifest, release.manifest["contributors"]
    cid = base64.b32decode(said["file"]["cid"][1:].upper() + "======")
    plain = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    own, stands = digest(plain.encode()).hex(), f"{release.digest:064x}"
    yield "manifest", "" if own == stands else f"0x{stands} is on the chain", f"digest 0x{own}"
    event = [one.fields for one in release.published if one.fields[0] == int(release.id, 16)]
    _, _, _, *logged, block = event[0] if len(event) == 1 else [0] * 9
    names = ("cid", "contributors", "total weight", "rho", "price")
    stated = [int.from_bytes(cid[-32:]), int(told["root"], 16), told["total_weight"]]
    stated += [said["rho_micro"], release.price]
    wrong = [name for name, a, b in zip(names, stated, logged, strict=True) if a != b]
    if said["consent_block"] != {"number": block, "hash": release.block["hash"]}:
        wrong.append("consent block")
    facts = f"event and manifest agree; consents read at block {block} {release.block['hash']}"
    yield "publication", f"the chain says otherwise: {', '.join(wrong)}" if wrong else "", facts
    spent, cap = sum(one.fields[6] for one in release.published), release.created[0].fields[3]
    facts = f"{len(release.published)} releases cost {spent} of {cap} millionths of rho"
    yield "privacy", "the cap was passed" if spent > cap else "", facts


def of_people(release: Release) -> Iterator[Check]:
    """Check who contributed: the tree on the chain, whole shares, and a consent of each."""
    rows = [(int(row["address"], 16), row["start"], row["weight"]) for row in release.people]
    level = [digest(digest(b"".join(part.to_bytes(32) for part in row))) for row in rows]
    while len(level) > 1:
        pairs = [sorted(level[place : place + 2]) for place in range(0, len(level), 2)]
        level = [digest(b"".join(pair)) if len(pair) > 1 else pair[0] for pair in pairs]
    holds = [int.from_bytes(level[0]), sum(r[2] for r in rows)] == [release.root, release.weight]
    facts = f"{len(rows)} of total weight {release.weight} under root 0x{level[0].hex()}"
    yield "contributors", "" if holds else "the chain has another root or total weight", facts
    ends = [0] + [start + weight for _, start, weight in sorted(rows, key=lambda row: row[1])]
    holds = len({row[0] for row in rows}) == len(rows) and sorted(r[1] for r in rows) == ends[:-1]
    facts = f"each address once, its share between 0 and {ends[-1]}, no overlap, no gap"
    yield "shares", "" if holds else "an address comes twice, shares overlap or leave gaps", facts
    until = dict.fromkeys((row[0] for row in rows), 0)
    for event in release.consents:
        until[event.fields[0]] = event.fields[EXPIRY[event.kind]] if event.kind in EXPIRY else 0
    gone = [one for one, _, _ in rows if until[one] <= int(release.block["timestamp"], 16)]
    wrong = f"no consent of {len(gone)}, such as 0x{gone[0]:040x}" if gone else ""
    yield "consents", wrong, f"{len(rows)} of {len(rows)} stood at the consent block"


def of_money(release: Release) -> Iterator[Check]:
    """Check every sale and every payment, unit by unit."""
    fee = release.price - release.pool
    is_fair = all(one.fields[3:] == [release.price, fee] for one in release.sold)
    holds = is_fair and release.fee_bps <= HIGHEST_FEE_BPS and len(release.sold) == release.sales
    holds = holds and release.fee_bps == release.created[0].fields[2]
    facts = f"{release.sales} sold at {release.price}: fee {fee}, contributors {release.pool}"
    yield "sales", "" if holds else "another price, another fee, or a sale not counted", facts
    shares = {int(row["address"], 16): row for row in release.people}
    paid, wrong = dict.fromkeys(shares, 0), []
    for _, driver, _, amount, sales in (one.fields for one in release.claimed):
        row = shares.get(driver, {"start": 0, "weight": 0})
        first, last = row["start"], row["start"] + row["weight"]
        each = release.pool * last // release.weight - release.pool * first // release.weight
        if sales <= paid.get(driver, 0) or amount != each * (sales - paid.get(driver, 0)):
            wrong.append(f"0x{driver:040x}")
        paid[driver] = sales
    facts = f"{len(release.claimed)} payments, each a contributor's share of sales not yet paid"
    yield "claims", f"not what was due: {wrong}" if wrong else "", facts
    early = [o for o in release.claimed if o.fields[4] > sum(s.at < o.at for s in release.sold)]
    taken_in, out = len(release.sold) * release.pool, sum(o.fields[3] for o in release.claimed)
    facts = f"{taken_in} taken in, {out} paid out, {taken_in - out} claimable"
    yield "pool", "" if out <= taken_in and not early else "more paid than was there", facts


def verify(ask: Ask, *about: Any) -> list[dict[str, Any]]:
    """Return a row for each check: check, ok, detail. about: what a Release takes."""
    try:
        release = Release(ask, *about)
        found = [*of_publication(release), *of_people(release), *of_money(release)]
    except (RuntimeError, OSError, LookupError, TypeError, ValueError, ArithmeticError) as reason:
        found = [("release", f"cannot be checked: {reason!r}", "")]
    return [{"check": name, "ok": not bad, "detail": bad or facts} for name, bad, facts in found]


def ask(url: str, method: str, parameters: list[Any]) -> Any:
    """Return what a node answers."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).encode()
    post = request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310
    with request.urlopen(post, timeout=60) as stream:  # noqa: S310 - a node that was named
        answer = json.load(stream)
    if "error" in answer:
        raise RuntimeError(f"{method}: {answer['error']}")
    return answer["result"]


def digest(data: bytes) -> bytes:
    """Return the Keccak-256 that the chain uses."""
    return keccak.new(digest_bits=256, data=data).digest()


def words(text: str) -> list[int]:
    """Return the numbers in hex text, 32 bytes each."""
    plain = text.removeprefix("0x")
    return [int(plain[place : place + 64], 16) for place in range(0, len(plain), 64)]


def main() -> int:
    """Check two files and print the verdict. Returns 0 when all holds, 1 when not."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--rpc", "--market", "--registry"):
        parser.add_argument(name, required=True)
    parser.add_argument("files", nargs=2, metavar="FILE", help="the manifest, the contributors")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    of = parser.parse_args()
    files = [json.loads(Path(file).read_bytes()) for file in of.files]
    rows = verify(lambda *asked: ask(of.rpc, *asked), of.market, of.registry, *files)
    for row in rows:
        plain = f"{'ok' if row['ok'] else 'FAIL':4}  {row['check']:12}  {row['detail']}"
        sys.stdout.write((json.dumps(row) if of.json else plain) + "\n")
    return int(not all(row["ok"] for row in rows))


if __name__ == "__main__":
    sys.exit(main())

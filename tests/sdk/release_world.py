"""A release and the chain that carries it, in memory: whole, until a test bends one thing."""

from typing import Any

from protocol import allotment, canonical, cid, merkle
from protocol.hashing import keccak256
from protocol.ids import to_bytes32

MARKET, REGISTRY = "0x" + "22" * 20, "0x" + "33" * 20
RELEASE = "6f1c2a34-0000-4000-8000-00000000000a"
DATASET = "6f1c2a34-0000-4000-8000-000000000001"
OTHER = "6f1c2a34-0000-4000-8000-00000000000b"
PRICE, FEE_BPS, RHO, CAP = 1_000_003, 1_200, 100, 250
CONSENT_BLOCK, CONSENT_AT = 50, 1_800_000_000
CONTRIBUTORS = [f"0x{number:040x}" for number in (11, 22, 33, 44, 55)]
STRANGER = "0x" + "99" * 20

GRANTED = "Granted(address,bytes32,bytes32,uint64,uint64)"
RENEWED = "Renewed(address,bytes32,uint64,uint64)"
REVOKED = "Revoked(address,bytes32,uint64)"
CREATED = "DatasetCreated(bytes32,address,uint16,uint64)"
PUBLISHED = "ReleasePublished(bytes32,bytes32,bytes32,bytes32,bytes32,uint64,uint64,uint128,uint64)"
BOUGHT = "Bought(bytes32,address,address,uint256,uint256)"
CLAIMED = "Claimed(bytes32,address,address,uint256,uint64)"
INDEXED = {GRANTED: 2, RENEWED: 2, REVOKED: 2, CREATED: 1, PUBLISHED: 2, BOUGHT: 3, CLAIMED: 2}


class World:
    """What the files say and what the chain logged; `ask` answers as a node would."""

    def __init__(self) -> None:
        self.people: list[dict[str, Any]] = [
            {"address": share.address, "start": share.start, "weight": share.weight}
            for share in merkle.shares_of(CONTRIBUTORS)
        ]
        self.manifest = self._manifest()
        self.block = {"hash": "0x" + "07" * 32, "timestamp": hex(CONSENT_AT)}
        self.most_blocks = 10**9
        self.asked: list[tuple[str, list[Any]]] = []
        self.events: list[dict[str, Any]] = []
        for place, one in enumerate(CONTRIBUTORS):
            self.log(REGISTRY, GRANTED, one, DATASET, b"t" * 32, CONSENT_AT + 60, 0, block=place)
        self.log(MARKET, CREATED, DATASET, "0x" + "44" * 20, FEE_BPS, CAP, block=3)
        self.publish()
        for block in (70, 71, 72):
            self.buy(block)
        self.claim(CONTRIBUTORS[0], sales=2, paid_before=0, block=73)
        self.claim(CONTRIBUTORS[0], sales=3, paid_before=2, block=74)
        self.claim(CONTRIBUTORS[3], sales=3, paid_before=0, block=75)
        self.record = [0x44, PRICE, FEE_BPS, len(self.people), 3, self.root, self.digest]

    @property
    def root(self) -> int:
        return int.from_bytes(merkle.root([merkle.Share(**row) for row in self.people]))

    @property
    def digest(self) -> int:
        return int.from_bytes(keccak256(canonical.encode(self.manifest)))

    def share(self, address: str) -> int:
        row = next(row for row in self.people if row["address"] == address)
        pool = allotment.pool_units(PRICE, FEE_BPS)
        return allotment.share_units(pool, len(self.people), row["start"], row["weight"])

    def publish(self, release: str = RELEASE, block: int = 60, **changed: Any) -> None:
        told = self.manifest
        values = {
            "release": release,
            "dataset": DATASET,
            "manifest": self.digest,
            "cid": cid.cid_digest(told["file"]["cid"]),
            "root": self.root,
            "weight": len(self.people),
            "rho": RHO,
            "price": PRICE,
            "consent_block": CONSENT_BLOCK,
        } | changed
        self.log(MARKET, PUBLISHED, *values.values(), block=block)

    def buy(self, block: int, *, price: int = PRICE, fee: int | None = None) -> None:
        fee = PRICE * FEE_BPS // 10_000 if fee is None else fee
        self.log(MARKET, BOUGHT, RELEASE, STRANGER, STRANGER, price, fee, block=block)

    def claim(
        self, driver: str, *, sales: int, paid_before: int, block: int, more: int = 0
    ) -> None:
        units = self.share(driver) * (sales - paid_before) if driver in CONTRIBUTORS else 0
        self.log(MARKET, CLAIMED, RELEASE, driver, STRANGER, units + more, sales, block=block)

    def log(self, at: str, kind: str, *values: Any, block: int) -> None:
        words = ["0x" + _word(value).hex() for value in values]
        indexed = INDEXED[kind]
        self.events.append(
            {
                "address": at,
                "topics": ["0x" + keccak256(kind.encode()).hex(), *words[:indexed]],
                "data": "0x" + "".join(word[2:] for word in words[indexed:]),
                "blockNumber": hex(block),
                "logIndex": hex(len(self.events)),
            }
        )

    def again(self, kind: str) -> None:
        """Forget every event of a kind, so that a test may tell them otherwise."""
        topic = "0x" + keccak256(kind.encode()).hex()
        self.events = [event for event in self.events if event["topics"][0] != topic]

    def ask(self, method: str, parameters: list[Any]) -> Any:
        self.asked.append((method, parameters))
        if method == "eth_blockNumber":
            return hex(100)
        if method == "eth_getBlockByNumber":
            return self.block
        if method == "eth_call":
            return "0x" + b"".join(value.to_bytes(32) for value in self.record).hex()
        return self._logs(parameters[0])

    def _logs(self, wanted: dict[str, Any]) -> list[dict[str, Any]]:
        first, last = int(wanted["fromBlock"], 16), int(wanted["toBlock"], 16)
        if last - first >= self.most_blocks:
            raise RuntimeError("eth_getLogs: block range is too wide")
        return [
            event
            for event in self.events
            if event["address"] == wanted["address"]
            and first <= int(event["blockNumber"], 16) <= last
            and all(map(_fits, wanted["topics"], event["topics"]))
        ]

    def _manifest(self) -> dict[str, Any]:
        return {
            "version": 1,
            "release_id": RELEASE,
            "dataset_id": DATASET,
            "spec": {"title": "When do cars charge? 何时充电"},
            "rho_micro": RHO,
            "cohort_noised": 5,
            "consent_block": {"number": CONSENT_BLOCK, "hash": "0x" + "07" * 32},
            "contributors": {"root": f"0x{self.root:064x}", "total_weight": len(self.people)},
            "file": {"cid": cid.cid_of([b"ciphertext"])},
        }


def _fits(wanted: Any, topic: str) -> bool:
    return wanted is None or topic == wanted or (isinstance(wanted, list) and topic in wanted)


def _word(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, int):
        return value.to_bytes(32)
    return bytes.fromhex(value[2:]).rjust(32, b"\0") if value[:2] == "0x" else to_bytes32(value)

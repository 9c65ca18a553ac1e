"""What the chain says, asked of a node directly, to hold against what the server says."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from odometer.amounts import Token
from odometer.errors import Untrusted
from odometer.http import Session
from odometer.rpc import Event, Rpc
from protocol import typed_data
from protocol.hashing import sha256
from protocol.ids import to_bytes32

GRANTED: Final = Event(
    "Granted",
    ("address* driver", "bytes32* dataset", "bytes32 terms", "uint64 expiry", "uint64 nonce"),
)
REVOKED: Final = Event("Revoked", ("address* driver", "bytes32* dataset", "uint64 nonce"))
ERASED: Final = Event("Erased", ("bytes32* digest",))
PUBLISHED: Final = Event(
    "ReleasePublished",
    (
        "bytes32* release",
        "bytes32* dataset",
        "bytes32 manifest",
        "bytes32 cid_digest",
        "bytes32 contributors",
        "uint64 total_weight",
        "uint64 rho",
        "uint128 price",
        "uint64 consent_block",
    ),
)
BOUGHT: Final = Event(
    "Bought",
    (
        "bytes32* release",
        "address* buyer",
        "address* recipient",
        "uint256 price",
        "uint256 fee",
    ),
)
CLAIMED: Final = Event(
    "Claimed",
    ("bytes32* release", "address* driver", "address to", "uint256 amount", "uint64 sales"),
)
BUILDER_KEY_KEPT_S: Final = 10.0
_NOWHERE = "0x" + "0" * 40


@dataclass(frozen=True)
class ReleaseRecord:
    """A release as the market contract keeps it. Prices in token units."""

    token: str
    price_units: int
    fee_bps: int
    total_weight: int
    sales: int
    contributors_root: bytes
    manifest_digest: bytes

    @property
    def fee_units(self) -> int:
        """The operator's part of one sale."""
        return self.price_units * self.fee_bps // 10_000


@dataclass(frozen=True)
class DatasetRecord:
    """A dataset as the market contract keeps it. rho in millionths."""

    token: str
    fee_bps: int
    rho_cap_micro: int
    rho_spent_micro: int


@dataclass(frozen=True)
class ConsentRecord:
    """A consent as the registry keeps it. expiry: Unix seconds, 0 when none stands.

    nonce: what the driver's next word must carry; terms: first 16 bytes of the terms' digest.
    """

    expiry: int
    nonce: int
    terms: bytes


class Chain:
    """The contracts of one marketplace, read through a node.

    addresses: contract name to address. To trust nothing of the server, give your own node and
    the addresses you know.
    """

    def __init__(self, rpc: Rpc, addresses: Mapping[str, str], chain_id: int, token: Token) -> None:
        self.rpc = rpc
        self.addresses = dict(addresses)
        self.chain_id = chain_id
        self.token = token
        self._builder_key = (b"", -BUILDER_KEY_KEPT_S)

    @classmethod
    def of(cls, session: Session, rpc: Rpc | None = None) -> "Chain":
        """Return the chain that a marketplace names.

        Raises Untrusted(wrong_chain) when the node is on another chain than the server says.
        """
        facts = session.get("/chain")
        node = rpc or Rpc(facts["rpc_url"], session.patience)
        if int(node.ask("eth_chainId"), 16) != facts["chain_id"]:
            raise Untrusted("wrong_chain", "the node is on another chain than the marketplace")
        token = facts["token"]
        paid_in = Token(token["symbol"], token["decimals"], token["address"], facts["chain_id"])
        return cls(node, facts["contracts"], facts["chain_id"], paid_in)

    @property
    def market(self) -> str:
        """Address of the market contract."""
        return self.addresses["ReleaseMarket"]

    @property
    def registry(self) -> str:
        """Address of the consent registry."""
        return self.addresses["ConsentRegistry"]

    @cached_property
    def consent_domain(self) -> typed_data.Domain:
        """What grants and revocations are signed for."""
        return typed_data.consent_domain(self.chain_id, self.registry)

    @cached_property
    def market_domain(self) -> typed_data.Domain:
        """What orders and claims are signed for."""
        return typed_data.market_domain(self.chain_id, self.market)

    @cached_property
    def token_domain(self) -> typed_data.Domain:
        """What permits are signed for."""
        (name,) = self.rpc.call(self.token.address, "name()", returns=["string"])
        return typed_data.token_domain(name, self.chain_id, self.token.address)

    @property
    def stewardship(self) -> str:
        """Address of the contract that names operator, fee and builder key."""
        return self.addresses["Stewardship"]

    def builder_key_sha256(self, *, kept_s: float = BUILDER_KEY_KEPT_S) -> bytes:
        """Return the digest of the one public key to seal for; zeros when none is named.

        kept_s: how old an answer may be, seconds.
        """
        digest, asked_at = self._builder_key
        if time.monotonic() - asked_at >= kept_s:
            (digest,) = self.rpc.call(self.stewardship, "builder_key()", returns=["bytes32"])
            self._builder_key = (digest, time.monotonic())
        return digest

    def is_halted(self) -> bool:
        """Return whether new sales, campaigns and releases are stopped now."""
        (is_halted,) = self.rpc.call(self.stewardship, "is_halted()", returns=["bool"])
        return bool(is_halted)

    def check_builder_key(self, public_key: bytes) -> bytes:
        """Return the key. Raises Untrusted(builder_key_mismatch) when the chain has another."""
        digest = sha256(public_key)
        expected = self.builder_key_sha256()
        if digest != expected:  # it may have been named a moment ago: only a fresh answer refuses
            expected = self.builder_key_sha256(kept_s=0)
        if digest != expected:
            raise Untrusted(
                "builder_key_mismatch",
                "the builder's key is not the one on the chain; nothing was sealed",
                chain=expected.hex(),
                server=digest.hex(),
            )
        return public_key

    def release(self, release_id: str, *, block: int | None = None) -> ReleaseRecord:
        """Return the record of a release. Raises Untrusted(not_on_chain) when there is none."""
        kinds = ["address", "uint128", "uint16", "uint64", "uint64", "bytes32", "bytes32"]
        values = self.rpc.call(
            self.market,
            "release_of(bytes32)",
            to_bytes32(release_id),
            returns=kinds,
            block=block,
        )
        if values[0] == _NOWHERE:
            raise Untrusted("not_on_chain", "the chain knows no such release", release=release_id)
        return ReleaseRecord(*values)

    def dataset(self, dataset_id: str) -> DatasetRecord:
        """Return the record of a dataset. Raises Untrusted(not_on_chain) when there is none."""
        kinds = ["address", "uint16", "uint64", "uint64"]
        word = to_bytes32(dataset_id)
        values = self.rpc.call(self.market, "dataset_of(bytes32)", word, returns=kinds)
        if values[0] == _NOWHERE:
            raise Untrusted("not_on_chain", "the chain knows no such dataset", dataset=dataset_id)
        return DatasetRecord(*values)

    def consent_nonce(self, driver: str, dataset: bytes) -> int:
        """Return the nonce that a driver's next word for a dataset must carry."""
        signature = "nonces(address,bytes32)"
        (nonce,) = self.rpc.call(self.registry, signature, driver, dataset, returns=["uint64"])
        return int(nonce)

    def consent(self, driver: str, dataset: bytes) -> ConsentRecord:
        """Return what stands of a driver's consent for a dataset."""
        kinds = ["uint64", "uint64", "bytes16"]
        signature = "consent_of(address,bytes32)"
        return ConsentRecord(
            *self.rpc.call(self.registry, signature, driver, dataset, returns=kinds)
        )

    def claimable_units(self, release_id: str, start: int, weight: int) -> int:
        """Return what the market owes for one share of a release, token units."""
        (units,) = self.rpc.call(
            self.market,
            "claimable(bytes32,uint256,uint256)",
            to_bytes32(release_id),
            start,
            weight,
            returns=["uint256"],
        )
        return int(units)

    def balance_units(self, holder: str) -> int:
        """Return the payment tokens that an address holds, in units."""
        signature = "balanceOf(address)"
        (units,) = self.rpc.call(self.token.address, signature, holder, returns=["uint256"])
        return int(units)

    def permit_nonce(self, owner: str) -> int:
        """Return the nonce that the owner's next permit must carry."""
        (nonce,) = self.rpc.call(self.token.address, "nonces(address)", owner, returns=["uint256"])
        return int(nonce)

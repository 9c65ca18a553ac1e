"""A crowd of drivers and their signed grants, thousands a minute, to measure at full size."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from coincurve import PrivateKey
from eth_abi.abi import encode

from protocol import typed_data
from protocol.hashing import keccak256

_DOMAIN_TYPE = keccak256(
    b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
_GRANT_TYPE = keccak256(
    b"Grant(address driver,bytes32 dataset,bytes32 terms,uint64 expiry,uint64 nonce)"
)
_WORDS = ["bytes32", "address", "bytes32", "bytes32", "uint64", "uint64"]

GrantItem = tuple[str, bytes, bytes, int, int, bytes, bytes]


class NotTheSame(Exception):
    """Our short way to sign does not make what the protocol makes."""


@dataclass(frozen=True)
class Crowd:
    """Drivers who all grant the same terms of one dataset."""

    domain: typed_data.Domain
    dataset: bytes
    terms: bytes
    expiry: int

    def grants(self, count: int) -> Iterator[GrantItem]:
        """Yield items for `grant_batch`; the first is held against the protocol's own signature."""
        separator = self._separator()
        for number in range(count):
            key = PrivateKey(sha256(f"odometer crowd {number}".encode()).digest())
            address = "0x" + keccak256(key.public_key.format(compressed=False)[1:])[-20:].hex()
            words = (_GRANT_TYPE, address, self.dataset, self.terms, self.expiry, 0)
            digest = keccak256(b"\x19\x01" + separator + keccak256(encode(_WORDS, words)))
            raw = key.sign_recoverable(digest, hasher=None)
            short = (raw[:32], (int.from_bytes(raw[32:64]) | raw[64] << 255).to_bytes(32))
            if number == 0 and short != self._as_the_protocol_signs(key.secret, address):
                raise NotTheSame
            yield (address, self.dataset, self.terms, self.expiry, 0, *short)

    def _separator(self) -> bytes:
        parts = [keccak256(self.domain[name].encode()) for name in ("name", "version")]
        place = (self.domain["chainId"], self.domain["verifyingContract"])
        kinds = ["bytes32", "bytes32", "bytes32", "uint256", "address"]
        return keccak256(encode(kinds, [_DOMAIN_TYPE, *parts, *place]))

    def _as_the_protocol_signs(self, private: bytes, address: str) -> tuple[bytes, bytes]:
        message = typed_data.grant(
            self.domain,
            driver=address,
            dataset=self.dataset,
            terms=self.terms,
            expiry=self.expiry,
            nonce=0,
        )
        return typed_data.compact(typed_data.sign(private, message))

"""Fixed key pairs, one per role; never used outside of tests."""

from dataclasses import dataclass

from nacl.public import PrivateKey


@dataclass(frozen=True)
class KeyPair:
    private: bytes
    public: bytes


def pair(first_byte: int) -> KeyPair:
    key = PrivateKey(bytes([first_byte]) * 32)
    return KeyPair(private=bytes(key), public=bytes(key.public_key))


BUILDER = pair(1)
DRIVER = pair(2)
OTHER_DRIVER = pair(3)
BUYER = pair(4)

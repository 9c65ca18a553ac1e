"""Words of the consent registry for its tests: grant, renew, revoke."""

from protocol import typed_data
from tests.contracts.conftest import YEAR_S, Key, chain_id, now

TERMS = bytes.fromhex("ab" * 32)

CONTRACT_ACCOUNT = """
# pragma version ==0.4.3
answer: public(bytes4)

@deploy
def __init__(answer: bytes4):
    self.answer = answer

@external
@view
def isValidSignature(digest: bytes32, signature: Bytes[65]) -> bytes32:
    return convert(self.answer, bytes32)
"""


def domain(registry):
    return typed_data.consent_domain(chain_id(), registry.address)


def grant_item(registry, key: Key, dataset: bytes, *, nonce=0, expiry=None, signer=None):
    expiry = expiry or now() + YEAR_S
    typed = typed_data.grant(
        domain(registry),
        driver=key.address,
        dataset=dataset,
        terms=TERMS,
        expiry=expiry,
        nonce=nonce,
    )
    return (key.address, dataset, TERMS, expiry, nonce, (signer or key).sign(typed))


def revoke_item(registry, key: Key, dataset: bytes, *, nonce=1, signer=None):
    typed = typed_data.revoke(domain(registry), driver=key.address, dataset=dataset, nonce=nonce)
    return (key.address, dataset, nonce, (signer or key).sign(typed))


def renew_item(registry, key: Key, dataset: bytes, *, nonce=1, expiry=None, signer=None):
    expiry = expiry or now() + YEAR_S
    typed = typed_data.renew(
        domain(registry), driver=key.address, dataset=dataset, expiry=expiry, nonce=nonce
    )
    return (key.address, dataset, expiry, nonce, (signer or key).sign(typed))


def compact(item):
    """Return the same word as an item of a batch."""
    return (*item[:-1], *typed_data.compact(item[-1]))


def is_active(registry, key: Key, dataset: bytes) -> bool:
    return registry.are_active([(key.address, dataset)])[0]


def event_names(registry) -> list[str]:
    return [type(log).__name__ for log in registry.get_logs()]

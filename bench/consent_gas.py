"""What a driver's word costs on the chain, by how it gets there."""

from collections.abc import Sequence

from bench.dev_chain import BEGAN_AT, CHAIN_ID, DevChain, Key
from protocol import typed_data

REGISTRY = "ConsentRegistry"
DATASET = bytes(range(1, 17)) + bytes(16)
TERMS = bytes(range(101, 133))
EXPIRY = BEGAN_AT + 300 * 86_400
LATER = EXPIRY + 30 * 86_400
SIZES = (1, 10, 100)


def measure(chain: DevChain) -> dict[str, int]:
    """Return gas per consent, the transaction's own 21,000 and its calldata included."""
    return {**_alone(chain), **_together(chain)}


def _alone(chain: DevChain) -> dict[str, int]:
    driver, sender = Key.number(1), chain.accounts[4]
    word = _grant(chain, driver)
    first = chain.gas(REGISTRY, "grant", DATASET, TERMS, EXPIRY, sender=sender)
    args = (driver.address, DATASET, TERMS, EXPIRY, 0, driver.sign(word))
    return {
        "consent_grant_first": first,
        "consent_renew_direct": chain.gas(REGISTRY, "renew", DATASET, LATER, sender=sender),
        "consent_revoke_direct": chain.gas(REGISTRY, "revoke", DATASET, sender=sender),
        "consent_grant_by_signature": chain.gas(REGISTRY, "grant_by_signature", *args),
    }


def _together(chain: DevChain) -> dict[str, int]:
    used: dict[str, int] = {}
    for size in SIZES:
        drivers = [Key.number(1_000 * size + place) for place in range(size)]
        used[f"consent_grant_batch_{size}"] = _batch(chain, "grant", drivers)
        nonce = 1
        if size == max(SIZES):
            used[f"consent_renew_batch_{size}"] = _batch(chain, "renew", drivers)
            nonce = 2
        used[f"consent_revoke_batch_{size}"] = _batch(chain, "revoke", drivers, nonce)
    return used


def _batch(chain: DevChain, word: str, drivers: Sequence[Key], nonce: int = 1) -> int:
    """Send one batch and return the gas per consent, rounded up."""
    make = {"grant": _grant_item, "renew": _renew_item, "revoke": _revoke_item}[word]
    items = [make(chain, driver, nonce) for driver in drivers]
    return -(-chain.gas(REGISTRY, f"{word}_batch", items) // len(drivers))


def _grant_item(chain: DevChain, driver: Key, _nonce: int) -> tuple[object, ...]:
    return (driver.address, DATASET, TERMS, EXPIRY, 0, *driver.sign_short(_grant(chain, driver)))


def _renew_item(chain: DevChain, driver: Key, nonce: int) -> tuple[object, ...]:
    word = typed_data.renew(
        _domain(chain), driver=driver.address, dataset=DATASET, expiry=LATER, nonce=nonce
    )
    return (driver.address, DATASET, LATER, nonce, *driver.sign_short(word))


def _revoke_item(chain: DevChain, driver: Key, nonce: int) -> tuple[object, ...]:
    word = typed_data.revoke(_domain(chain), driver=driver.address, dataset=DATASET, nonce=nonce)
    return (driver.address, DATASET, nonce, *driver.sign_short(word))


def _grant(chain: DevChain, driver: Key) -> typed_data.TypedData:
    return typed_data.grant(
        _domain(chain), driver=driver.address, dataset=DATASET, terms=TERMS, expiry=EXPIRY, nonce=0
    )


def _domain(chain: DevChain) -> typed_data.Domain:
    return typed_data.consent_domain(CHAIN_ID, chain.addresses[REGISTRY])

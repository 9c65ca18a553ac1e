"""How long the signatures and trees of one release take."""

import secrets
from collections.abc import Callable, Mapping

from bench.timing import median_s
from protocol import merkle, typed_data, vault

CONTRIBUTORS = 10_000
SIGNATURES = 100


def measure() -> Mapping[str, float]:
    """Return milliseconds a signature and a recovery, and seconds for a tree of 10,000."""
    key = secrets.token_bytes(32)
    domain = typed_data.consent_domain(31337, typed_data.address_of(key))
    message = typed_data.revoke(
        domain, driver=typed_data.address_of(key), dataset=bytes(32), nonce=1
    )
    signature = typed_data.sign(key, message)
    addresses = sorted("0x" + secrets.token_hex(20) for _ in range(CONTRIBUTORS))
    shares = merkle.shares_of(addresses)
    return {
        "sign_ms": _each_ms(lambda: typed_data.sign(key, message)),
        "recover_ms": _each_ms(lambda: typed_data.recover(message, signature)),
        "unlock_vault_s": median_s(lambda: vault.create("five random words here now"), 3),
        "tree_of_10k_s": median_s(lambda: merkle.Tree(shares), 3),
    }


def _each_ms(act: Callable[[], object]) -> float:
    return 1000 * median_s(lambda: [act() for _ in range(SIGNATURES)], 3) / SIGNATURES

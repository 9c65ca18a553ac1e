"""`python -m bench.gas`: measure on a real node what every act costs in gas, and keep it."""

import json
from collections.abc import Mapping
from pathlib import Path

from bench import campaign_gas, consent_gas, dev_chain, market_gas

SNAPSHOT = Path(__file__).resolve().parent.parent / "contracts" / "gas-snapshot.json"
TOLERANCE_PERCENT = 5

TARGETS = {
    "consent_grant_batch_100": 32_000,
    "consent_revoke_batch_100": 15_000,
    "buy_with_permit": 120_000,
    "claim_additional_release": 45_000,
}
"""What these acts may cost at most."""

LARGEST_CODE_BYTES = 24_576
"""EIP-170: a chain takes no larger contract."""


def measure() -> dict[str, int]:
    """Return gas by act, and gas and bytes of each deployment; the same in every run."""
    with dev_chain.running("--timestamp", str(dev_chain.BEGAN_AT)) as chain:
        chain.deploy_all()
        acts = {
            **consent_gas.measure(chain),
            **market_gas.measure(chain),
            **campaign_gas.measure(chain),
        }
        deployments = {
            f"deploy_{name}_{kind}": value
            for name, gas in chain.deployment_gas.items()
            for kind, value in (("gas", gas), ("bytes", chain.size(name)))
        }
    return dict(sorted({**acts, **deployments}.items()))


def kept() -> dict[str, int]:
    """Return the snapshot as it was last written."""
    return dict(json.loads(SNAPSHOT.read_text(encoding="utf-8")))


def changes(before: Mapping[str, int], now: Mapping[str, int]) -> dict[str, str]:
    """Return what moved by more than the tolerance, what came and what went, with the figures."""
    told = {}
    for name in sorted({*before, *now}):
        old, new = before.get(name), now.get(name)
        if old is None or new is None:
            told[name] = f"{old} -> {new}"
        elif abs(new - old) * 100 > TOLERANCE_PERCENT * old:
            told[name] = f"{old:,} -> {new:,} ({100 * (new - old) / old:+.1f} %)"
    return told


def main() -> None:
    """Write the snapshot and print it."""
    now = measure()
    SNAPSHOT.write_text(json.dumps(now, indent=2) + "\n", encoding="utf-8")
    for name, value in now.items():
        print(f"{name:40} {value:>10,}")


if __name__ == "__main__":
    main()

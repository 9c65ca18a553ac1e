"""Measure inside the house: a process with a database, a chain and keys of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import dev_chain
from bench.dev_chain import DevChain, Key

ROOT = Path(__file__).resolve().parent.parent
RELAYED = 2_000
REBUILT = 100_000
_BEGIN = "import django; django.setup(); from bench import relaying; relaying.main()"


def measure_chain(relayed: int = RELAYED, rebuilt: int = REBUILT) -> Mapping[str, float]:
    """Return figures of relaying and rebuilding so many consents. Both: whole hundreds."""
    return {**_told("relay", relayed), **_told("rebuild", rebuilt)}


def _told(what: str, count: int) -> Mapping[str, float]:
    """Measure one thing in a house that is new, on a chain that is new."""
    with TemporaryDirectory() as var, dev_chain.running() as chain:
        told = subprocess.run(  # noqa: S603 - ourselves
            [sys.executable, "-c", _BEGIN, what, str(count)],
            cwd=ROOT,
            env={**os.environ, **_environment(Path(var), chain)},
            stdout=subprocess.PIPE,
            check=True,
        )
    return dict(json.loads(told.stdout))


def _environment(var: Path, chain: DevChain) -> dict[str, str]:
    """Return the settings of a house on SQLite whose wake-ups nobody hears: we act at once."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ODOMETER_VAR": str(var),
        "DATABASE_URL": "",
        "REDIS_URL": "memory://",
        "CHAIN_RPC_URL": chain.url,
        "CHAIN_DEPLOYMENTS_DIR": str(var / "chain"),
        "CHAIN_ID": str(dev_chain.CHAIN_ID),
        "CHAIN_SENDER_KEY": "0x" + Key.number(0).private.hex(),
        "CHAIN_STEWARDS": ",".join(chain.accounts[1:3]),
        "LOG_LEVEL": "ERROR",
    }

"""Where the contracts stand on the chain we speak to."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from chain.errors import NotDeployed


def file() -> Path:
    """Return the file that names the deployed contracts of this chain."""
    return Path(settings.CHAIN_DEPLOYMENTS_DIR) / f"{settings.CHAIN_ID}.json"


def read() -> dict[str, Any]:
    """Return the deployment as it was made; empty when there is none.

    chain_id, genesis_hash, contracts, operator, treasury, stewards. Who holds a role now, and
    which fee stands, is for the Stewardship to say.
    """
    path = file()
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return {}


def address_of(contract: str) -> str:
    """Return the checksum address of a contract. Raises NotDeployed."""
    try:
        address: str = read()["contracts"][contract]["address"]
    except KeyError:
        raise NotDeployed(contract=contract) from None
    return address


def names_by_address() -> dict[str, str]:
    """Return the contract's name by its lower-case address."""
    contracts = read().get("contracts", {})
    return {fact["address"].lower(): name for name, fact in contracts.items()}


def blocks_by_address() -> dict[str, int]:
    """Return the block in which each contract came to be, by its lower-case address."""
    contracts = read().get("contracts", {})
    return {fact["address"].lower(): int(fact["block"]) for fact in contracts.values()}


def first_block() -> int:
    """Return the block before which no contract of ours stood. Raises NotDeployed."""
    contracts = read().get("contracts", {})
    if not contracts:
        raise NotDeployed(contract="ConsentRegistry")
    return min(int(fact["block"]) for fact in contracts.values())


@lru_cache(maxsize=4)
def _read(path: Path, _changed_ns: int) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_bytes())
    return content

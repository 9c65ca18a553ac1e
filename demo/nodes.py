"""Ask the nodes of the stack what they are and what they hold."""

import json
import os
import subprocess
import sys
from typing import Any, Final

import requests

_TIMEOUT_S: Final = 30


def kinds() -> list[dict[str, str]]:
    """Return name, kind and version of each node, in its own words."""
    command = [sys.executable, "-m", "stack", "nodes", "--json"]
    answer = subprocess.run(  # noqa: S603 - our own command, no input
        command, capture_output=True, text=True, check=True, timeout=_TIMEOUT_S
    )
    found: list[dict[str, str]] = json.loads(answer.stdout)
    return found


def pins() -> set[str]:
    """Return the CIDs that the IPFS node holds on to."""
    answer = _ask("pin/ls", type="recursive", stream="false")
    return set(answer.json().get("Keys", {}))


def has_block(cid: str) -> bool:
    """Tell whether the node still has the first block of an object."""
    answer = requests.post(
        f"{_api()}/block/stat", params={"arg": cid, "offline": "true"}, timeout=_TIMEOUT_S
    )
    return answer.ok


def _ask(command: str, **parameters: Any) -> requests.Response:
    answer = requests.post(f"{_api()}/{command}", params=parameters, timeout=_TIMEOUT_S)
    answer.raise_for_status()
    return answer


def _api() -> str:
    """Return the address of the node's API. IPFS_API is a multiaddress: /ip4/<host>/tcp/<port>."""
    port = os.environ.get("IPFS_API_PORT", "15001")
    parts = (os.environ.get("IPFS_API") or f"/ip4/127.0.0.1/tcp/{port}/http").split("/")
    return f"http://{parts[2]}:{parts[4]}/api/v0"

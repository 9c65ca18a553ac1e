"""Ask the nodes of the stack what they are and what they hold."""

import json
import os
import subprocess
import sys
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from odometer.waiting import until

_TIMEOUT_S: Final = 30
_PATIENCE: Final = Retry(total=8, backoff_factor=0.2, allowed_methods=None)


def kinds() -> list[dict[str, str]]:
    """Return name, kind and version of each node, in its own words."""
    command = [sys.executable, "-m", "stack", "nodes", "--json"]
    answer = until(
        lambda: subprocess.run(  # noqa: S603 - our own command, no input
            command, capture_output=True, text=True, check=False, timeout=_TIMEOUT_S
        ),
        lambda done: done.returncode == 0,
        what="the list of nodes",
        at_most_s=_TIMEOUT_S,
    )
    found: list[dict[str, str]] = json.loads(answer.stdout)
    return found


def pins() -> set[str]:
    """Return the CIDs that the IPFS node holds on to."""
    answer = _ask("pin/ls", type="recursive", stream="false")
    return set(answer.json().get("Keys", {}))


def has_block(cid: str) -> bool:
    """Tell whether the node still has the first block of an object."""
    return _post("block/stat", arg=cid, offline="true").ok


def _ask(command: str, **parameters: Any) -> requests.Response:
    answer = _post(command, **parameters)
    answer.raise_for_status()
    return answer


def _post(command: str, **parameters: Any) -> requests.Response:
    """Ask the IPFS node, waiting for it to come back when it was just restarted."""
    with requests.Session() as http:
        http.trust_env = False  # a node on loopback is never behind a proxy
        http.mount("http://", HTTPAdapter(max_retries=_PATIENCE))
        return http.post(f"{_api()}/{command}", params=parameters, timeout=_TIMEOUT_S)


def _api() -> str:
    """Return the address of the node's API. IPFS_API is a multiaddress: /ip4/<host>/tcp/<port>."""
    port = os.environ.get("IPFS_API_PORT", "15001")
    parts = (os.environ.get("IPFS_API") or f"/ip4/127.0.0.1/tcp/{port}/http").split("/")
    return f"http://{parts[2]}:{parts[4]}/api/v0"

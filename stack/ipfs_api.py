"""Ask an IPFS node one thing over its HTTP API."""

import json
import urllib.request
from typing import Any

_TIMEOUT_S = 10


class IpfsError(Exception):
    """The node did not answer, or answered with an error."""


def base_url(multiaddress: str) -> str:
    """Return http://host:port for /ip4/host/tcp/port/http."""
    _, _, host, _, port, *rest = multiaddress.split("/")
    return f"{'https' if 'https' in rest else 'http'}://{host}:{port}"


def ask(multiaddress: str, command: str) -> Any:
    """Return the answer to a command without arguments. Raises IpfsError."""
    url = f"{base_url(multiaddress)}/api/v0/{command}"
    request = urllib.request.Request(url, method="POST")  # noqa: S310 - the address is ours
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310
            return json.load(answer)
    except (OSError, ValueError) as error:
        raise IpfsError(str(error)) from error

"""Ask an EVM node one thing over JSON-RPC."""

import json
import urllib.request
from typing import Any

_TIMEOUT_S = 10


class RpcError(Exception):
    """The node did not answer, or answered with an error."""


def call(url: str, method: str, *parameters: object) -> Any:
    """Return the result. Raises RpcError."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters})
    request = urllib.request.Request(  # noqa: S310 - the address is ours, from the settings
        url, body.encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310
            reply = json.load(answer)
    except (OSError, ValueError) as error:
        raise RpcError(str(error)) from error
    if "error" in reply:
        raise RpcError(str(reply["error"]))
    return reply["result"]

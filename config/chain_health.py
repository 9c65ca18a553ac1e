"""What health says about the chain, within a second, whatever the node does."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

from chain import standing
from common.errors import Unavailable
from storage import selectors as storage
from storage.errors import NoBuilderKey

PATIENCE_S = 1.0
"""Health tells of the web process first: a node that hangs must not hang it."""

_pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="chain-health")
_asked: list[Future[dict[str, Any]]] = []


def look() -> dict[str, Any]:
    """Return whether the market is halted, and where this house and the chain differ."""
    if not _asked or _asked[-1].done():
        _asked[:] = [_pool.submit(_ask)]
    try:
        return _asked[-1].result(timeout=PATIENCE_S)
    except TimeoutError:
        return _silent("chain_node_slow")


def _ask() -> dict[str, Any]:
    try:
        found = standing.findings(key_digest=_key_digest())
        is_halted = standing.is_halted()
    except Unavailable as error:
        return _silent(error.code)
    return {
        "is_answering": True,
        "is_halted": is_halted,
        "findings": [asdict(finding) for finding in found],
        "code": "",
    }


def _silent(code: str) -> dict[str, Any]:
    return {"is_answering": False, "is_halted": None, "findings": [], "code": code}


def _key_digest() -> bytes | None:
    try:
        return bytes.fromhex(storage.builder_key().sha256)
    except NoBuilderKey:
        return None

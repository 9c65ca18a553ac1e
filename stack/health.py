"""Ask each process whether it really serves, and wait until it does."""

import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime
from typing import Final

import redis

from stack import rpc, supervision
from stack.ipfs_api import IpfsError, ask
from stack.places import Places
from stack.progress import StackError

_PAUSE_S: Final = 0.05
_TIMEOUT_S: Final = 90
_STAMP_LENGTH: Final = len("2026-01-31 23:59:59")
_READY: Final = " ready."  # the line a Celery worker writes once it is connected and listening

Check = Callable[[Places], str]


def valkey(places: Places) -> str:
    """Return an empty text when the queue answers, else what is wrong."""
    try:
        with redis.Redis.from_url(places.redis_url, socket_timeout=2) as queue:
            queue.ping()
    except redis.RedisError as error:
        return str(error)
    return ""


def anvil(places: Places) -> str:
    """Return an empty text when the chain answers, else what is wrong."""
    try:
        rpc.call(places.chain_url, "eth_blockNumber")
    except rpc.RpcError as error:
        return str(error)
    return ""


def ipfs(places: Places) -> str:
    """Return an empty text when the store answers, else what is wrong."""
    try:
        ask(places.ipfs_api, "id")
    except IpfsError as error:
        return str(error)
    return ""


def web(places: Places) -> str:
    """Return an empty text when our own process serves, else what is wrong."""
    if not supervision.listens(places, "web", places.web_port):
        return f"it does not listen on port {places.web_port}"
    url = f"http://127.0.0.1:{places.web_port}/api/v1/health"
    try:
        with urllib.request.urlopen(url, timeout=10):
            return ""
    except urllib.error.HTTPError as error:
        # Degraded is still up: the body says which part it waits for.
        return "" if error.code != 500 else "the web answers 500, see web.log"  # noqa: PLR2004
    except OSError as error:
        return str(error)


def worker(name: str) -> Check:
    """Return the check of one worker: this very process has written that it listens."""

    def check(places: Places) -> str:
        started = supervision.running_since(places, name)
        if started is None:
            return "not running"
        log = (places.log / f"{name}.log").read_text(encoding="utf-8", errors="replace")
        said = [line for line in log.splitlines() if line.endswith(_READY)]
        if said:
            return "" if _time_of(said[-1]) >= started else "not listening yet"
        # A log that was turned over has lost the line, but only a worker at work writes that much.
        return "" if (places.log / f"{name}.log.1").exists() else "not listening yet"

    return check


def _time_of(line: str) -> float:
    """Return when a log line was written, in Unix seconds; zero when it does not say."""
    try:
        stamp = datetime.strptime(line[:_STAMP_LENGTH], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - logs are local
    except ValueError:
        return 0
    return stamp.timestamp() + 1


def beat(places: Places) -> str:
    """Return an empty text when the timetable runs."""
    return "" if supervision.running_since(places, "beat") else "not running"


NODES: Final[dict[str, Check]] = {"valkey": valkey, "anvil": anvil, "ipfs": ipfs}
APPS: Final[dict[str, Check]] = {
    "web": web,
    "worker-web": worker("worker-web"),
    "worker-chain": worker("worker-chain"),
    "worker-builder": worker("worker-builder"),
    "beat": beat,
}


def wait(places: Places, checks: dict[str, Check], *, timeout_s: float = _TIMEOUT_S) -> None:
    """Return when all checks hold. Raises StackError naming the process and its log."""
    until = time.monotonic() + timeout_s
    for name, check in checks.items():
        while wrong := check(places):
            if time.monotonic() > until:
                log = places.log / f"{name}.log"
                raise StackError(f"{name} is not up: {wrong}. Its log: {os.path.relpath(log)}")
            time.sleep(_PAUSE_S)

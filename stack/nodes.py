"""Say which kind and version each node is, in its own words."""

import os
import sqlite3

import redis

from stack import rpc
from stack.ipfs_api import IpfsError, ask
from stack.places import Places

EMBEDDED = "embedded block store"
_AWAY = {"kind": "unknown", "version": "does not answer"}


def describe(places: Places) -> list[dict[str, str]]:
    """Return name, kind and version of each node, read from the nodes themselves."""
    found = {
        "queue": _queue(places),
        "chain": _chain(places),
        "ipfs": _ipfs(places),
        "database": _database(),
    }
    return [{"name": name, **facts} for name, facts in found.items()]


def _queue(places: Places) -> dict[str, str]:
    try:
        with redis.Redis.from_url(places.redis_url, socket_timeout=2) as queue:
            facts = queue.info("server")
    except redis.RedisError:
        return _AWAY
    if "valkey_version" in facts:
        return {"kind": "Valkey", "version": str(facts["valkey_version"])}
    return {"kind": "Redis", "version": str(facts["redis_version"])}


def _chain(places: Places) -> dict[str, str]:
    try:
        kind, _, version = str(rpc.call(places.chain_url, "web3_clientVersion")).partition("/")
    except rpc.RpcError:
        return _AWAY
    return {"kind": kind, "version": version.lstrip("v")}


def _ipfs(places: Places) -> dict[str, str]:
    try:
        version = str(ask(places.ipfs_api, "version")["Version"])
    except (IpfsError, KeyError):
        return _AWAY
    if version.startswith(EMBEDDED):
        return {"kind": EMBEDDED, "version": version.removeprefix(EMBEDDED).strip()}
    return {"kind": "Kubo", "version": version}


def _database() -> dict[str, str]:
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith(("postgres", "psql")):
        return {"kind": "SQLite", "version": sqlite3.sqlite_version}
    import psycopg  # noqa: PLC0415 - only where PostgreSQL is used

    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            row = connection.execute("show server_version").fetchone()
    except psycopg.Error:
        return _AWAY
    return {"kind": "PostgreSQL", "version": str(row[0]) if row else ""}

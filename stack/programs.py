"""The processes of a stack: what each runs, in which order, with which environment."""

import os
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from stack import binaries
from stack.keys import steward_addresses
from stack.places import ROOT, Places

NODES: Final = ("valkey", "anvil", "ipfs")
SAVER: Final = "chain-saver"  # stops after those that use the chain, and before the chain
BLOCK_GAS: Final = "2000000000"
"""What a block of the dev chain holds: all that we ever have in flight.

anvil makes one block when a transaction comes, and leaves what does not fit into it lying until
another one comes: twenty full batches then waited half a minute for their fee to be raised.
"""
_NODES_FIRST: Final = 10
_SAVER_SECOND: Final = 20
_APPS_LAST: Final = 30
_GATHERED_STOP_S: Final = 15
# What a person may set for every process of ours; everything else in their shell stays outside.
_PASSED_ON: Final = (
    "DATABASE_URL", "REDIS_URL", "IPFS_API", "CHAIN_RPC_URL", "CHAIN_ID", "CHAIN_CONFIRMATIONS",
    "CHAIN_BUMP_AFTER_S", "CHAIN_MAX_FEE_GWEI",
    "WEB_ALLOWED_HOSTS", "DEBUG", "LOG_LEVEL", "NODE_TIMEOUT_S", "UPLOAD_MAX_BYTES", "FEE_BPS",
    "QUOTE_LIFETIME_S", "PRIVACY_WINDOW_CAP_RHO_MICRO", "PRIVACY_LIFETIME_CAP_RHO_MICRO",
    "DATASET_CAP_RHO_MICRO", "IPFS_MIRRORS", "PINNING_SERVICE_URL", "PINNING_SERVICE_TOKEN",
    "PINNING_SERVICE_TOKEN_FILE", "PIN_AUDIT_EVERY_S", "BACKUP_DIR", "BACKUP_KEYS_EVERY_S",
    "PUBLIC_CHAIN_RPC_URL", "STATIC_FROM_SOURCE", "DJANGO_SECRET_KEY_FILE", "BUILDER_PUBLIC_FILE",
)  # fmt: skip


@dataclass(frozen=True)
class Program:
    """One supervised process."""

    name: str
    command: list[str]
    priority: int
    environment: dict[str, str] = field(default_factory=dict)
    stop_s: int = _GATHERED_STOP_S

    @property
    def is_node(self) -> bool:
        """Return whether it starts with the supervisor, before the rooms are prepared."""
        return self.priority < _APPS_LAST

    @property
    def command_line(self) -> str:
        """Return the command as one line; no process of ours may leave a core dump."""
        return shlex.join(["/bin/sh", "-c", f"ulimit -c 0; exec {shlex.join(self.command)}"])


def programs(places: Places, *, kubo: Path | None) -> list[Program]:
    """Return every process to run. A node whose address is given from outside is not ours."""
    return [*_nodes(places, kubo), *_apps(places)]


def app_environment(places: Places) -> dict[str, str]:
    """Return what every process of the rooms is told; no private key is among it."""
    said = {name: os.environ[name] for name in _PASSED_ON if os.environ.get(name)}
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ODOMETER_VAR": str(places.var),
        "REDIS_URL": places.redis_url,
        "IPFS_API": places.ipfs_api,
        "CHAIN_RPC_URL": places.chain_url,
        "PUBLIC_CHAIN_RPC_URL": places.chain_url,
        "CHAIN_ID": "31337",
        "CHAIN_CONFIRMATIONS": "1",
        "DJANGO_SECRET_KEY_FILE": str(places.keys / "django_secret"),
        "BUILDER_PUBLIC_FILE": str(places.keys / "builder.public.json"),
        "WEB_ORIGIN": places.web_url,
        "PYTHONUNBUFFERED": "1",
        "OPENBLAS_NUM_THREADS": "1",  # our matrices are small: two threads are slower than one
        **said,
    }


def sender_environment(places: Places) -> dict[str, str]:
    """Return what only the sender of transactions is told."""
    return {"CHAIN_SENDER_KEY_FILE": _key_file("CHAIN_SENDER_KEY_FILE", places, "chain_sender")}


def deployer_environment(places: Places) -> dict[str, str]:
    """Return what only the deployment is told: the sender's key, and two stewards' addresses."""
    named = os.environ.get("CHAIN_STEWARDS") or ",".join(steward_addresses(places))
    return {**sender_environment(places), "CHAIN_STEWARDS": named}


def _builder_environment(places: Places) -> dict[str, str]:
    return {
        "BUILDER_PRIVATE_KEY_FILE": _key_file("BUILDER_PRIVATE_KEY_FILE", places, "builder"),
        "TMPDIR": str(memory_directory(places)),
    }


def _key_file(name: str, places: Places, own: str) -> str:
    return os.environ.get(name) or str(places.keys / own)


def memory_directory(places: Places) -> Path:
    """Return where the builder's temporary files go: in memory where that can be."""
    shared = Path("/dev/shm")  # noqa: S108 - a directory of our own is made in it, mode 0700
    if shared.is_dir() and os.access(shared, os.W_OK):
        return shared / f"odometer-{places.mark}"
    return places.var / "tmp"


def _nodes(places: Places, kubo: Path | None) -> list[Program]:
    found = []
    if not os.environ.get("REDIS_URL"):
        found.append(Program("valkey", _valkey(places), _NODES_FIRST))
    if not os.environ.get("CHAIN_RPC_URL"):
        found.append(Program("anvil", _anvil(places), _NODES_FIRST))
        saver = [sys.executable, "-m", "stack.chain_saver", "--rpc", places.chain_url]
        found.append(Program(SAVER, [*saver, "--file", str(chain_state(places))], _SAVER_SECOND))
    if not os.environ.get("IPFS_API"):
        found.append(_ipfs(places, kubo))
    return found


def chain_state(places: Places) -> Path:
    """Return the file with the dev chain's state."""
    return places.var / "chain" / "state.json"


def _valkey(places: Places) -> list[str]:
    # Nothing is kept on disk: the work list is in the database, this only wakes workers.
    return [
        str(binaries.valkey()), "--bind", "127.0.0.1", "--port", str(places.redis_port),
        "--save", "", "--appendonly", "no", "--dir", str(places.queue), "--daemonize", "no",
    ]  # fmt: skip


def _anvil(places: Places) -> list[str]:
    folder = chain_state(places).parent
    command = [
        str(binaries.anvil()), "--host", "127.0.0.1", "--port", str(places.chain_port),
        "--chain-id", "31337", "--quiet", "--cache-path", str(folder / "cache"),
        "--gas-limit", BLOCK_GAS,
    ]  # fmt: skip
    return [sys.executable, "-m", "stack.chain_start", str(chain_state(places)), *command]


def _ipfs(places: Places, kubo: Path | None) -> Program:
    repository = str(places.var / "ipfs")
    if kubo is None:
        store = str(places.var / "blockstore")
        command = [sys.executable, "-m", "stack.blockstore", store, str(places.ipfs_port)]
        return Program("ipfs", command, _NODES_FIRST)
    command = [str(kubo), "daemon", "--offline", "--migrate=true"]
    quiet = {"IPFS_PATH": repository, "IPFS_TELEMETRY": "off", "GOLOG_LOG_LEVEL": "error"}
    return Program("ipfs", command, _NODES_FIRST, quiet)


def _apps(places: Places) -> list[Program]:
    told = app_environment(places)
    builder = {**told, **_builder_environment(places)}
    return [
        Program("web", _web(places), _APPS_LAST, told),
        Program("worker-web", _worker("default", 2), _APPS_LAST, told),
        Program("worker-chain", _worker("chain", 1), _APPS_LAST, told | sender_environment(places)),
        Program("worker-builder", _worker("builder", 1), _APPS_LAST, builder),
        Program("beat", _beat(), _APPS_LAST, told),
    ]


def _web(places: Places) -> list[str]:
    # The path alone is logged: a query may name a person.
    access_line = '%(t)s "%(m)s %(U)s" %(s)s %(B)s %(L)s'
    return [
        sys.executable, "-m", "gunicorn", "config.wsgi:application", "--chdir", str(ROOT),
        "--bind", f"127.0.0.1:{places.web_port}", "--workers", "2", "--threads", "8",
        "--preload", "--timeout", "120", "--graceful-timeout", "8", "--no-control-socket",
        "--access-logfile", "-", "--access-logformat", access_line,
    ]  # fmt: skip


def _worker(queue: str, processes: int) -> list[str]:
    return [
        sys.executable, "-m", "celery", "-A", "config.celery", "worker", "-Q", queue,
        "-c", str(processes), "-n", f"{queue}@%h", "--loglevel", "INFO",
        "--without-gossip", "--without-mingle", "--without-heartbeat",
    ]  # fmt: skip


def _beat() -> list[str]:
    return [
        sys.executable, "-m", "celery", "-A", "config.celery", "beat", "--loglevel", "WARNING",
        "--pidfile", "",
    ]  # fmt: skip

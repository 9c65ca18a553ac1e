"""Make a Kubo repository that talks to loopback alone and chunks as protocol/cid.py does."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Final

from protocol.cid import CHUNK_BYTES, MAX_CHUNKS
from stack.progress import StackError

_QUIET: Final[dict[str, Any]] = {
    "Bootstrap": [],
    "Discovery": {"MDNS": {"Enabled": False}},
    "Routing": {"Type": "none"},
    "AutoConf": {"Enabled": False},
    "AutoTLS": {"Enabled": False},
    "AutoNAT": {"ServiceMode": "disabled"},
    "Ipns": {"DelegatedPublishers": []},
    "DNS": {"Resolvers": {}},
    "Plugins": {"Plugins": {"telemetry": {"Disabled": True, "Config": {"Mode": "off"}}}},
    "Swarm": {"DisableNatPortMap": True, "RelayClient": {"Enabled": False}},
    "Provide": {"Enabled": False},
}
_IMPORT: Final[dict[str, Any]] = {
    "CidVersion": 1,
    "UnixFSRawLeaves": True,
    "UnixFSChunker": f"size-{CHUNK_BYTES}",
    "UnixFSFileMaxLinks": MAX_CHUNKS,
    "HashFunction": "sha2-256",
}


def ready_repository(binary: Path, repository: Path, *, port: int) -> None:
    """Initialise the repository once, and (always) hold its configuration to ours."""
    config = repository / "config"
    if not config.exists():
        _initialise(binary, repository)
    settings = json.loads(config.read_text(encoding="utf-8"))
    wanted = {**settings, **_QUIET, "Import": _IMPORT}
    wanted["Addresses"] = {
        **settings["Addresses"],
        "API": f"/ip4/127.0.0.1/tcp/{port}",
        "Gateway": [],  # nothing here reads through a gateway
        "Swarm": [],  # offline: it neither listens to peers nor dials any
    }
    if wanted != settings:
        draft = config.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(wanted, indent=2), encoding="utf-8")
        draft.replace(config)


def _initialise(binary: Path, repository: Path) -> None:
    repository.mkdir(parents=True, exist_ok=True, mode=0o700)
    environment = {**os.environ, "IPFS_PATH": str(repository), "IPFS_TELEMETRY": "off"}
    command = [str(binary), "init", "--empty-repo", "--algorithm=ed25519"]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise StackError(f"Kubo could not make its repository: {answer.stderr.strip()}")

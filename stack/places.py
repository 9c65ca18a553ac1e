"""Where one stack keeps its state and listens; everything else follows from this."""

import os
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
_SOCKET_PATH_MAX = 100  # the system allows about 107 bytes for the path of a socket


@dataclass(frozen=True)
class Places:
    """One stack: the directory of its state and its ports on loopback."""

    var: Path
    web_port: int
    chain_port: int
    ipfs_port: int
    redis_port: int

    @property
    def keys(self) -> Path:
        """Return the directory of private keys, readable by its owner alone."""
        return self.var / "keys"

    @property
    def log(self) -> Path:
        """Return the directory of the log files."""
        return self.var / "log"

    @property
    def queue(self) -> Path:
        """Return the queue server's working directory; it keeps nothing there."""
        return self.var / "queue"

    @property
    def configuration(self) -> Path:
        """Return the supervisor's generated configuration."""
        return self.var / "supervisord.conf"

    @property
    def pidfile(self) -> Path:
        """Return the supervisor's pid file."""
        return self.var / "supervisord.pid"

    @property
    def socket(self) -> Path:
        """Return the supervisor's socket, at a short path when the state lives at a long one."""
        beside = self.var / "supervisor.sock"
        if len(str(beside)) < _SOCKET_PATH_MAX:
            return beside
        return Path(tempfile.gettempdir()) / f"odometer-{self.mark}.sock"

    @property
    def mark(self) -> str:
        """Return the short name of this stack, told apart by its directory."""
        return sha256(str(self.var).encode()).hexdigest()[:12]

    @property
    def web_url(self) -> str:
        """Return the portal's address."""
        return os.environ.get("WEB_ORIGIN") or f"http://127.0.0.1:{self.web_port}"

    @property
    def chain_url(self) -> str:
        """Return the address of the chain's JSON-RPC."""
        return os.environ.get("CHAIN_RPC_URL") or f"http://127.0.0.1:{self.chain_port}"

    @property
    def ipfs_api(self) -> str:
        """Return the multiaddress of the IPFS node's API."""
        return os.environ.get("IPFS_API") or f"/ip4/127.0.0.1/tcp/{self.ipfs_port}/http"

    @property
    def redis_url(self) -> str:
        """Return the address of the wake-up queue."""
        return os.environ.get("REDIS_URL") or f"redis://127.0.0.1:{self.redis_port}/0"


def places() -> Places:
    """Return the stack that the environment (and .env) names."""
    _read_dotenv(ROOT / ".env")
    return Places(
        var=Path(os.environ.get("ODOMETER_VAR") or ROOT / "var").resolve(),
        web_port=_port("WEB_PORT", 8420),
        chain_port=_port("CHAIN_PORT", 18545),
        ipfs_port=_port("IPFS_API_PORT", 15001),
        redis_port=_port("REDIS_PORT", 16379),
    )


def _port(name: str, default: int) -> int:
    raw = os.environ.get(name) or str(default)
    if not raw.isdigit():
        raise SystemExit(f"{name} must be a port number, not {raw!r}")
    return int(raw)


def _read_dotenv(file: Path) -> None:
    """Take over lines NAME=value; what the environment already says wins."""
    if not file.is_file():
        return
    for line in file.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip().strip("\"'"))

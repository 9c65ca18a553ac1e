"""Find or get a real Kubo: on the PATH, in the cache, from npm, or built with Go."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from stack.places import ROOT
from stack.progress import StackError, say

# The newest first. A version that replaces one of its own modules by a fork cannot be built as
# a dependency and is passed over (docs/decisions/0002-ipfs-node.md).
VERSIONS: Final = ("v0.43.1", "v0.43.0", "v0.42.0", "v0.41.0")
_MODULE: Final = "github.com/ipfs/kubo"
_OLDEST_MINOR: Final = 30
_NPM_TIMEOUT_S: Final = 180
_GO_TIMEOUT_S: Final = 1500
_GO_MOD: Final = "module odometer.invalid/kubo\n\ngo 1.26\n\nrequire {module} {version}\n"
_LOCAL: Final = ROOT / "var" / "bin" / "ipfs"


def find_kubo() -> Path | None:
    """Return a Kubo that is already here, or None."""
    on_path = shutil.which("ipfs")
    candidates = [Path(on_path)] if on_path else []
    for candidate in [*candidates, _LOCAL, _cached()]:
        if candidate.is_file() and version_of(candidate):
            return candidate
    return None


def get_kubo() -> Path | None:
    """Return a Kubo, fetching or building one when there is none; None when that is impossible.

    ODOMETER_IPFS=embedded asks for none; ODOMETER_IPFS=kubo makes its absence an error, as does CI.
    """
    wish = os.environ.get("ODOMETER_IPFS") or ("kubo" if os.environ.get("CI") else "auto")
    if wish == "embedded":
        return None
    binary = find_kubo() or _fetch(insist=wish == "kubo")
    if binary is None and wish == "kubo":
        raise StackError(
            "No Kubo could be had: put `ipfs` on the PATH, or install Go 1.26 and run this again."
        )
    return binary


def version_of(binary: Path) -> str | None:
    """Return the version a binary reports, or None when it is no Kubo we can use."""
    command = [str(binary), "version", "--number"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.fullmatch(r"0\.(\d+)\.\d+\S*", answer.stdout.strip())
    return match[0] if match and int(match[1]) >= _OLDEST_MINOR else None


def _fetch(*, insist: bool) -> Path | None:
    """Try npm, then Go. A failure is remembered until the tools at hand change."""
    note = _LOCAL.with_name("kubo-not-to-be-had")
    tools = f"{shutil.which('npm')} {shutil.which('go')} {VERSIONS}"
    if not insist and note.exists() and note.read_text(encoding="utf-8") == tools:
        return None
    ways: list[tuple[str, Callable[[Path], Path | None]]] = []
    if shutil.which("npm"):
        ways.append(("Kubo from npm (downloads the official binary)", _from_npm))
    if shutil.which("go"):
        ways.append(("Kubo built with Go (once; about three minutes on two cores)", _from_go))
    with tempfile.TemporaryDirectory(prefix="odometer-kubo-") as scratch:
        for text, way in ways:
            say(f"{text} ...")
            binary = way(Path(scratch))
            if binary and version_of(binary):
                return _keep(binary)
            say("... cannot be had that way here")
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(tools, encoding="utf-8")
    return None


def _from_npm(scratch: Path) -> Path | None:
    """Let the npm package fetch the official binary. Fails within seconds without the internet."""
    command = ["npm", "install", "--ignore-scripts=false", "--prefix", str(scratch)]
    if not _runs([*command, f"kubo@{VERSIONS[0][1:]}"], scratch, timeout_s=_NPM_TIMEOUT_S):
        return None
    found = scratch / "node_modules" / "kubo" / "kubo" / "ipfs"
    return found if found.is_file() else None


def _from_go(scratch: Path) -> Path | None:
    """Build the newest version that Go's module proxy serves.

    A throw-away module that requires Kubo, because `go install module@version` first asks for the
    list of all versions, which not every proxy gives.
    """
    for version in VERSIONS:
        folder = scratch / version
        folder.mkdir()
        (folder / "go.mod").write_text(_GO_MOD.format(module=_MODULE, version=version))
        if not _is_buildable(folder, version):
            continue
        binary = folder / "ipfs"
        build = ["go", "build", "-trimpath", "-ldflags=-s -w", "-o", str(binary)]
        if _runs([*build, f"{_MODULE}/cmd/ipfs"], folder, timeout_s=_GO_TIMEOUT_S):
            return binary
    return None


def _is_buildable(folder: Path, version: str) -> bool:
    """Return whether the module is served and replaces none of its own dependencies."""
    command = ["go", "mod", "download", "-json", f"{_MODULE}@{version}"]
    answer = subprocess.run(
        command, cwd=folder, env=_go_environment(), capture_output=True, text=True, check=False
    )
    if answer.returncode:
        return False
    go_mod = Path(json.loads(answer.stdout)["GoMod"]).read_text(encoding="utf-8")
    return not re.search(r"^replace\b", go_mod, re.MULTILINE)


def _runs(command: list[str], folder: Path, *, timeout_s: int) -> bool:
    """Return whether the command succeeded in time; its output is for people only when it fails."""
    try:
        answer = subprocess.run(
            command,
            cwd=folder,
            env=_go_environment(),
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    if answer.returncode and command[0] == "go":
        say("\n  ".join(answer.stderr.strip().splitlines()[-3:]))
    return answer.returncode == 0


def _go_environment() -> dict[str, str]:
    flags = f"{os.environ.get('GOFLAGS', '')} -mod=mod -buildvcs=false".strip()
    return {**os.environ, "GOFLAGS": flags, "GOWORK": "off", "CGO_ENABLED": "0"}


def _keep(binary: Path) -> Path:
    """Keep the binary beside the state, and in the user's cache for the next clone."""
    for place in (_LOCAL, _cached()):
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            draft = place.with_suffix(f".{os.getpid()}")
            shutil.copy2(binary, draft)
            draft.replace(place)
        except OSError as error:
            say(f"not kept at {place}: {error.strerror}")
    return _LOCAL


def _cached() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "odometer" / f"ipfs-{VERSIONS[0]}"

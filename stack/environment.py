"""Make .venv and node_modules what the lock files say; does nothing when they already are.

Runs before anything is installed, so it uses the standard library alone.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
VENV_STAMP = VENV / ".synced.json"
NPM_STAMP = ROOT / "node_modules" / ".synced"


def main() -> int:
    """Bring both trees up to date; the slow one (npm) runs beside the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="the tools of tests and lint too")
    arguments = parser.parse_args()
    npm = _start_npm()
    try:
        _sync_python(wants_dev=arguments.dev)
    except subprocess.CalledProcessError as error:
        print(f"set-up: this step failed: {' '.join(error.cmd)}", file=sys.stderr)
        return 1
    return _finish_npm(npm)


def _sync_python(*, wants_dev: bool) -> None:
    """Install what is asked for; tools that are already there stay when only the product is."""
    stamp = _read(VENV_STAMP)
    is_usable = (
        stamp.get("at", str(VENV)) == str(VENV) and _is_alive()
    )  # it does not survive a move
    dev = wants_dev or bool(stamp.get("dev"))
    lock = ROOT / ("requirements-dev.txt" if dev else "requirements.txt")
    digest = _digest(lock, ROOT / "stack" / "uv.txt")
    wanted = {"at": str(VENV), "dev": dev, "digest": digest}
    if is_usable and stamp == wanted:
        return
    started = time.monotonic()
    _say(f"Python packages from {lock.name}")
    if not is_usable:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", "stack/uv.txt"], check=True, cwd=ROOT)
    sync = [str(UV), "pip", "sync", "--quiet", "--require-hashes", "--python", str(PYTHON)]
    subprocess.run([*sync, lock.name], check=True, cwd=ROOT)
    VENV_STAMP.write_text(json.dumps(wanted), encoding="utf-8")
    _say(f"Python packages ready in {time.monotonic() - started:.1f} s")


def _is_alive() -> bool:
    """Return whether .venv has a Python of the right version that starts, and pip in it."""
    probe = [str(PYTHON), "-c", "import pip, sys; sys.exit(sys.version_info[:2] != (3, 11))"]
    try:
        return subprocess.run(probe, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _start_npm() -> "subprocess.Popen[str] | None":
    lock = ROOT / "package-lock.json"
    if not lock.exists() or (NPM_STAMP.exists() and NPM_STAMP.read_text() == _digest(lock)):
        return None
    _say("JavaScript packages from package-lock.json")
    return subprocess.Popen(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _finish_npm(npm: "subprocess.Popen[str] | None") -> int:
    if npm is None:
        return 0
    output, _ = npm.communicate()
    if npm.returncode:
        print(f"set-up: npm ci failed:\n{output}", file=sys.stderr)
        return 1
    NPM_STAMP.write_text(_digest(ROOT / "package-lock.json"), encoding="utf-8")
    _say("JavaScript packages ready")
    return 0


def _digest(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _read(stamp: Path) -> dict[str, object]:
    try:
        return dict(json.loads(stamp.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _say(text: str) -> None:
    print(f"  set-up: {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())

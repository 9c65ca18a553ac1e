"""Each peer in an environment of its own, made by uv from the versions that are pinned here."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PLACE = ROOT / "var" / "bench"


def python_of(peer: str) -> Path:
    """Return the Python of a peer's environment, made or made anew when its versions changed."""
    pinned = HERE / f"{peer}.txt"
    made, python = PLACE / f"{peer}.txt", PLACE / peer / "bin" / "python"
    if not (made.exists() and made.read_bytes() == pinned.read_bytes() and python.exists()):
        _uv("venv", "--clear", "--python", sys.executable, str(PLACE / peer))
        _uv("pip", "install", "--python", str(python), "--requirements", str(pinned))
        made.write_bytes(pinned.read_bytes())
    return python


def _uv(*words: str) -> None:
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, *words, "--quiet"], check=True)  # noqa: S603 - pinned, from this folder

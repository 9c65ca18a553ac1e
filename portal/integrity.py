"""Pin the vendored browser modules: an import map that names their digests, and its own digest."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Final

PINNED: Final = Path(__file__).with_name("vendored.json")


def import_map(static_url: str) -> str:
    """Return the import map of every page, as it stands between its tags."""
    pinned = json.loads(PINNED.read_text(encoding="utf-8"))
    integrity = {f"{static_url}vendor/{path}": digest for path, digest in pinned.items()}
    return json.dumps({"integrity": integrity}, separators=(",", ":"))


def source_of(text: str) -> str:
    """Return what a content security policy calls an inline script of exactly this text."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"

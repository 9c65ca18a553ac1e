"""Hold the scripts that a marketplace serves against a checkout, or a list from elsewhere."""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from odometer.errors import Untrusted
from odometer.http import Session

LIST: Final = "scripts.json"
KINDS: Final = (".js", ".mjs", ".wasm")
TEXTS: Final = "texts.js"
FOREIGN: Final = ("static/admin/", "static/rest_framework/", f"{TEXTS}?")
"""What a checkout does not hold as files: scripts of Django's own pages, texts by language."""

_NAME: Final = re.compile(r"(?!.*\.\.)[A-Za-z0-9@_][A-Za-z0-9@_./-]*(\?[a-z-]+)?")
_MOST: Final = 5_000
_PINNED: Final = Path("portal", "vendored.json")
_NOT_OURS: Final = {".venv", "node_modules", "var", "tests"}

Digests = Mapping[str, str]
"""Path below the site's address to SHA-256 in hex, or to a digest as integrity writes it."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Expected:
    """What the scripts should be, where that is written, and which names it says nothing of."""

    origin: str
    digests: Digests
    silent_of: tuple[str, ...] = ()


def of_checkout(root: Path) -> Expected:
    """Return what a checkout of the source says. Raises ValueError when it is none."""
    if not (root / _PINNED).is_file():
        raise ValueError(f"{root} is no checkout of the source: give --checkout or --list")
    own = {
        f"static/{file.relative_to(folder).as_posix()}": _sha256(file.read_bytes())
        for folder in sorted(root.glob("*/static"))
        if folder.parent.name not in _NOT_OURS
        for file in folder.rglob("*")
        if file.suffix in KINDS
    }
    pinned = json.loads((root / _PINNED).read_text(encoding="utf-8"))
    vendored = {f"static/vendor/{name}": digest for name, digest in pinned.items()}
    return Expected(str(root), {**own, **vendored}, FOREIGN)


def of_file(file: Path) -> Expected:
    """Return what a list says that was kept or published elsewhere. Raises Untrusted."""
    return Expected(str(file), _named(json.loads(file.read_text(encoding="utf-8"))))


def verify(session: Session, expected: Expected) -> list[Row]:
    """Fetch the site's list and every script on it; return what is wrong, then three sums.

    What is held against `expected` are the bytes that came, not what the site says of them.
    """
    listed = _named(session.send("GET", f"{session.url}/{LIST}").json())
    served = {name: _fetched(session, name) for name in listed}
    told = {name for name, content in served.items() if not _is(content, listed[name])}
    silent = {name for name in served if name.startswith(expected.silent_of or ("\0",))}
    compared = {name: content for name, content in served.items() if name not in silent}
    other = set(_differing(compared, expected.digests))
    missing = set(expected.digests) - set(served)
    return [
        *_faults(told, "not what the site's own list says"),
        *_faults(other & set(expected.digests), f"not as in {expected.origin}"),
        *_faults(other - set(expected.digests), f"served, but not in {expected.origin}"),
        *_faults(missing, f"in {expected.origin}, but not served"),
        _sum("served", len(served) - len(told), len(served), "as the site's own list says"),
        _sum("expected", len(compared) - len(other), len(compared), f"as in {expected.origin}"),
        _not_compared(silent, expected),
    ]


def _fetched(session: Session, name: str) -> bytes:
    path, _, language = name.partition("?")
    headers = {"Accept": "*/*", **({"Accept-Language": language} if language else {})}
    return session.send("GET", f"{session.url}/{path}", headers=headers).content


def _differing(served: Mapping[str, bytes], digests: Digests) -> Iterator[str]:
    return (name for name, content in served.items() if not _is(content, digests.get(name, "")))


def _is(content: bytes, digest: str) -> bool:
    if digest.startswith("sha384-"):
        return digest[7:] == base64.b64encode(hashlib.sha384(content).digest()).decode()
    return digest == _sha256(content)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _named(body: Any) -> Digests:
    """Return the digests of a list. Raises Untrusted for one that names anything but scripts."""
    named = body.get("scripts") if isinstance(body, dict) else None
    if not isinstance(named, dict) or not 0 < len(named) <= _MOST:
        raise Untrusted("list_malformed", "this is no list of scripts")
    for name, digest in named.items():
        if not _NAME.fullmatch(name) or not isinstance(digest, str):
            raise Untrusted("list_malformed", f"{name!r} is no script of the site")
    return named


def _faults(names: Iterable[str], what: str) -> list[Row]:
    return [{"check": "script", "ok": False, "detail": f"{name}: {what}"} for name in sorted(names)]


def _sum(check: str, good: int, of: int, what: str) -> Row:
    return {"check": check, "ok": good == of, "detail": f"{good} of {of} scripts {what}"}


def _not_compared(names: set[str], expected: Expected) -> Row:
    which = f" ({', '.join(expected.silent_of)})" if names else ""
    detail = f"{len(names)} scripts that {expected.origin} does not hold{which}"
    return {"check": "not compared", "ok": True, "detail": detail}

"""The digest of every script that the site serves, so that anybody can hold them against others."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.urls import resolve
from django.utils import translation

VERSION: Final = 1
"""Of the list's form."""

KINDS: Final = (".js", ".mjs", ".wasm")
FILE: Final = "scripts.json"
TEXTS: Final = "texts.js"


def listed() -> dict[str, Any]:
    """Return the list: path below the site's address to SHA-256, hex.

    The texts of scripts are one script a language, and are named with it: `texts.js?zh-hans`.
    """
    static = settings.STATIC_URL.strip("/")
    scripts = {f"{static}/{name}": digest for name, digest in _statics()}
    scripts |= {f"{TEXTS}?{code}": _digest(_texts(code)) for code, _ in settings.LANGUAGES}
    return {
        "object": "script_list",
        "version": VERSION,
        "digest": _digest(json.dumps(scripts, sort_keys=True).encode()),
        "scripts": dict(sorted(scripts.items())),
    }


def write(directory: Path) -> Path:
    """Write the list beside the collected files and return where it is."""
    file = directory / FILE
    file.write_text(json.dumps(listed(), indent=1) + "\n", encoding="utf-8")
    return file


def published() -> dict[str, Any]:
    """Return the list of set-up; it is made now where nothing was collected."""
    file = Path(settings.STATIC_ROOT) / FILE
    if settings.WHITENOISE_USE_FINDERS or not file.is_file():
        return listed()
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _statics() -> Iterator[tuple[str, str]]:
    seen = set()
    for finder in finders.get_finders():
        for path, storage in finder.list([]):
            name = "/".join(filter(None, [getattr(storage, "prefix", None), Path(path).as_posix()]))
            if name.endswith(KINDS) and name not in seen:  # the first one found is served
                seen.add(name)
                with storage.open(path) as file:
                    yield name, _digest(file.read())


def _texts(language: str) -> bytes:
    request = HttpRequest()
    request.method = "GET"
    found = resolve(f"/{TEXTS}")
    with translation.override(language):
        return bytes(found.func(request, *found.args, **found.kwargs).content)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

"""Names of columns: put right, and parted from their unit."""

import re

from anonymize.formats.quality import Quirk

_UNIT = re.compile(r"^(.*?)\s*[(\[]([^()\[\]]*)[)\]]\s*$")
_MOJIBAKE = ("Â", "Ã", "â")


def tidy(name: str, quirks: set[Quirk]) -> str:
    """Return a name with single blanks, `°C` as two signs, and one wrong encoding undone."""
    if any(sign in name for sign in _MOJIBAKE):
        mended = _undone(name)
        if mended != name:
            quirks.add(Quirk.DOUBLE_ENCODED)
        name = mended
    return " ".join(name.replace("℃", "°C").replace("℉", "°F").split())


def parted(name: str) -> tuple[str, str]:
    """Return the plain name, small with blanks, and the unit in its brackets (maybe empty)."""
    match = _UNIT.match(name)
    plain, unit = (match[1], match[2]) if match else (name, "")
    return " ".join(plain.replace("_", " ").lower().split()), unit.strip()


def _undone(name: str) -> str:
    for encoding in ("latin-1", "cp1252"):
        try:
            return name.encode(encoding).decode()
        except UnicodeError:
            continue
    return name

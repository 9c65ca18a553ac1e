"""Compile the message catalogues with Babel, so that set-up needs no gettext on the machine."""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from stack.places import ROOT


def compile_all(root: Path = ROOT) -> int:
    """Compile each catalogue that is newer than its compiled form. Returns how many."""
    done = 0
    for source in sorted(root.glob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as stream:
            catalogue = read_po(stream, abort_invalid=True)
        draft = target.with_suffix(".draft")
        with draft.open("wb") as stream:
            write_mo(stream, catalogue)
        draft.replace(target)
        done += 1
    return done


if __name__ == "__main__":
    sys.stdout.write(f"{compile_all()} catalogues compiled\n")

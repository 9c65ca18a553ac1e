"""Become the dev chain, from its saved state when there is one: chain_start STATE COMMAND..."""

import json
import os
import sys
from pathlib import Path
from typing import Any


def main(state: Path, command: list[str]) -> None:
    """Replace this process by the chain's own."""
    if state.is_file():
        keep_the_first_beginning(state)
        command = [*command, "--load-state", str(state)]
    os.execv(command[0], command)  # noqa: S606 - the very point


def keep_the_first_beginning(state: Path) -> None:
    """Leave one block of height zero in a saved state: the oldest.

    Each start of anvil makes a first block of its own and saves it beside the loaded one; which of
    them the next start takes is chance, and a chain with another first block is another chain.
    """
    saved: dict[str, Any] = json.loads(state.read_bytes())
    first = [block for block in saved["blocks"] if _number(block, "number") == 0]
    if len(first) < 2:  # noqa: PLR2004 - one is what a chain has
        return
    oldest = min(first, key=lambda block: _number(block, "timestamp"))
    saved["blocks"] = [
        block for block in saved["blocks"] if block is oldest or _number(block, "number")
    ]
    draft = state.with_suffix(".new")
    draft.write_text(json.dumps(saved), encoding="utf-8")
    draft.replace(state)


def _number(block: dict[str, Any], name: str) -> int:
    return int(block["header"][name], 16)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])

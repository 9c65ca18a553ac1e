"""Become the dev chain, from its saved state when there is one: chain_start STATE COMMAND..."""

import os
import sys
from pathlib import Path


def main(state: Path, command: list[str]) -> None:
    """Replace this process by the chain's own."""
    if state.is_file():
        command = [*command, "--load-state", str(state)]
    os.execv(command[0], command)  # noqa: S606 - the very point


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])

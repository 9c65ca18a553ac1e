"""Keep the dev chain's state on disk: whole snapshots, soon after each block.

Anvil rewrites its own state file in place, so a kill at the wrong moment would leave half a chain.
This process asks for the state whenever the height changed and replaces the file in one move.
"""

import argparse
import gzip
import os
import signal
import sys
import threading
import time
from pathlib import Path

from stack.rpc import RpcError, call

_PAUSE_S = 0.2
_SHARE = 8  # spend at most about an eighth of the time on saving, however long the chain grows


def main() -> int:
    """Save until told to stop, then once more."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rpc", required=True)
    parser.add_argument("--file", type=Path, required=True)
    arguments = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    saved: str | None = None
    while not stop.is_set():
        started = time.monotonic()
        saved = _save_if_changed(arguments.rpc, arguments.file, saved)
        stop.wait(max(_PAUSE_S, _SHARE * (time.monotonic() - started)))
    _save_if_changed(arguments.rpc, arguments.file, saved)
    return 0


def _save_if_changed(rpc: str, file: Path, saved: str | None) -> str | None:
    """Return the hash of the block that is on disk now; a chain that is away is asked again."""
    try:
        latest = call(rpc, "eth_getBlockByNumber", "latest", False)  # noqa: FBT003 - JSON-RPC's own
        head = str(latest["hash"])
        if head != saved:
            save(rpc, file)
    except RpcError as error:
        print(f"not saved: {error}", flush=True)
        return saved
    return head


def save(rpc: str, file: Path) -> None:
    """Write the chain's whole state to the file, all or nothing."""
    packed = bytes.fromhex(call(rpc, "anvil_dumpState")[2:])
    draft = file.with_suffix(".draft")
    with draft.open("wb") as stream:
        stream.write(gzip.decompress(packed))
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)


if __name__ == "__main__":
    sys.exit(main())

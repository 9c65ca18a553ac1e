"""What privacy costs in time and memory, against the same figures without noise."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

FILES_100M = 10


def measure() -> Mapping[str, float]:
    """Return seconds, ratios and memory.

    Times and memory are those of processes of their own; so is the making of the files, that no
    figure tells the memory it takes.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        made = _apart("write", place)
        timed = _apart("compare", place)
        small = _apart("release", place)
        for number in range(1, FILES_100M):
            (place / f"{number}.parquet").symlink_to(place / "0.parquet")
        large = _apart("release", place)
    return {
        **made,
        **timed,
        "peak_mib_10m": small["peak_mib"],
        "seconds_100m": large["seconds"],
        "peak_mib_100m": large["peak_mib"],
    }


def _apart(what: str, folder: Path) -> dict[str, float]:
    run = [sys.executable, "-m", "bench.streaming", what, str(folder)]
    told = subprocess.run(run, check=True, capture_output=True, text=True)  # noqa: S603
    found: dict[str, float] = json.loads(told.stdout)
    return found

"""`python -m bench.auditing`: try to measure more loss than is charged, and write down how far."""

import json
import os
import resource
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench.auditing import page, playing
from bench.auditing.page import Effort
from bench.auditing.playing import Played

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "audit.md"
RESULTS = DOCS / "bench" / "anonymize.json"
KEY = "audit_bound_over_claim"


def main() -> int:
    """Play, write the page and the key; return 1, and write nothing, when a rule is broken."""
    console = Console()
    started = time.perf_counter()
    played = _play(console)
    wall_s = time.perf_counter() - started
    faults = page.faults(played)
    for fault in faults:
        console.print(f"[red]{fault}[/red]")
    if faults:
        return 1
    PAGE.write_text(page.text(played, _effort(wall_s)), encoding="utf-8")
    _keep(page.least_ratio(played))
    console.print(f"{PAGE.name}: the least bound over its claim is {page.least_ratio(played):.3f}")
    return 0


def _play(console: Console) -> Played:
    looks = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*looks, TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task("playing against the noise", total=None)
        return playing.play_all(
            lambda tasks: progress.update(task, total=tasks), lambda: progress.advance(task)
        )


def _effort(wall_s: float) -> Effort:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cores = os.cpu_count() or 1
    cpu_s = used.ru_utime + used.ru_stime
    is_quiet = cpu_s > 0.8 * wall_s * cores
    return Effort(cpu_s, wall_s, cores, "idle otherwise" if is_quiet else "busy with other work")


def _keep(ratio: float) -> None:
    """Write the key down; figures that other parts measured stay."""
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    machine = kept.pop("machine", None)
    told = {**kept, KEY: round(ratio, 3)} | ({"machine": machine} if machine else {})
    RESULTS.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

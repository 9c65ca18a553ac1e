"""`python -m bench [PART ...]`: measure what the documents claim, and write it down."""

import argparse
import json
import os
import platform
from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console

from bench import accuracy, debiting, house, keeping, real, releasing, sealing, signing, storing
from bench.peers import comparing

RESULTS = Path(__file__).resolve().parent.parent / "docs" / "bench"
PARTS: Mapping[str, Callable[[], Mapping[str, float]]] = {
    "anonymize": releasing.measure,
    "accuracy": accuracy.measure,
    "coverage": keeping.measure,
    "debiting": debiting.measure,
    "storage": lambda: {**sealing.measure(), **storing.measure()},
    "protocol": signing.measure,
    "chain": house.measure_chain,
    "real": real.measure,
    "peers": comparing.measure,
}
FILES: Mapping[str, str] = dict.fromkeys(("accuracy", "coverage", "debiting"), "anonymize")
"""Parts whose figures stand in another part's file."""


def main() -> None:
    """Run the parts that were asked for, or all; print the figures and keep them."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="all when none is named")
    console = Console()
    RESULTS.mkdir(parents=True, exist_ok=True)
    for name in parser.parse_args().parts or PARTS:
        with console.status(f"measuring {name}"):
            figures = {key: _short(value) for key, value in PARTS[name]().items()}
        _keep(RESULTS / f"{FILES.get(name, name)}.json", figures)
        console.print(f"[bold]{name}[/bold]")
        for key, value in figures.items():
            console.print(f"  {key:24} {value:>12,}")


def _keep(file: Path, figures: Mapping[str, float]) -> None:
    """Write the figures down; those that other parts measured stay."""
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    told = {**{key: kept[key] for key in kept if key != "machine"}, **figures, "machine": machine}
    file.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def _short(value: float) -> float:
    return value if isinstance(value, int) else float(f"{value:.3g}")


if __name__ == "__main__":
    main()

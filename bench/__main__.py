"""`python -m bench`: measure what the documents claim, and write it down."""

import json
import os
import platform
from pathlib import Path

from rich.console import Console

from bench import releasing, sealing, signing

RESULTS = Path(__file__).resolve().parent.parent / "docs" / "bench"
PARTS = {"anonymize": releasing, "storage": sealing, "protocol": signing}


def main() -> None:
    """Run every part, print its figures, and keep them in docs/bench/."""
    console = Console()
    RESULTS.mkdir(parents=True, exist_ok=True)
    for name, part in PARTS.items():
        with console.status(f"measuring {name}"):
            figures = {key: _short(value) for key, value in part.measure().items()}
        machine = {"cores": os.cpu_count(), "python": platform.python_version()}
        (RESULTS / f"{name}.json").write_text(
            json.dumps({**figures, "machine": machine}, indent=2) + "\n", encoding="utf-8"
        )
        console.print(f"[bold]{name}[/bold]")
        for key, value in figures.items():
            console.print(f"  {key:24} {value:>12,}")


def _short(value: float) -> float:
    return value if isinstance(value, int) else float(f"{value:.3g}")


if __name__ == "__main__":
    main()

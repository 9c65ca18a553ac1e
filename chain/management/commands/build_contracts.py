"""Compile the contracts into the artifacts that the house and the kit read."""

import hashlib
import json
from pathlib import Path
from typing import Any

import vyper
from django.conf import settings
from django.core.management.base import BaseCommand
from vyper.cli.vyper_compile import compile_files

ARTIFACTS_DIR = Path(__file__).resolve().parents[2] / "artifacts"
DEPLOYED_MOCKS = {"TestStablecoin"}


def sources() -> dict[str, Path]:
    """Return the source of each contract by name, but for mocks that only tests deploy.

    One file is one contract.
    """
    found = {path.stem: path for path in sorted((settings.BASE_DIR / "contracts").rglob("*.vy"))}
    return {
        name: path
        for name, path in found.items()
        if path.parent.name != "mocks" or name in DEPLOYED_MOCKS
    }


def compiled(source: Path) -> dict[str, Any]:
    """Return the artifact of one source. The same source always gives the same artifact."""
    (output,) = compile_files([str(source)], ["abi", "bytecode"]).values()
    return {
        "abi": output["abi"],
        "bytecode": output["bytecode"],
        "compiler": f"vyper {vyper.__version__.split('+')[0]}",
        "source_sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
    }


def as_text(artifact: dict[str, Any]) -> str:
    """Return the artifact as it lies in the file."""
    return json.dumps(artifact, indent=1, sort_keys=True) + "\n"


class Command(BaseCommand):
    """Write `chain/artifacts/<Name>.json` for every contract."""

    help = "Compile the contracts into chain/artifacts/."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Compile all; say the name of each."""
        ARTIFACTS_DIR.mkdir(exist_ok=True)
        for name, source in sources().items():
            (ARTIFACTS_DIR / f"{name}.json").write_text(as_text(compiled(source)))
            self.stdout.write(name)

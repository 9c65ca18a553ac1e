"""Breaks the contracts on purpose, in a copy, and says which machine notices.

Run by hand: python -m tests.contracts.stateful.mutations [CONTRACT...]
"""

import shutil
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import boa
from boa.contracts.vyper.vyper_contract import VyperContract
from hypothesis import Phase

from tests.contracts.stateful.faults import MUTATIONS, E, M, Mutation, R, S
from tests.contracts.stateful.worlds import run

CONTRACTS = Path(__file__).resolve().parents[3] / "contracts"
STEPS = 2_500


def compiled(directory: Path) -> dict[str, Any]:
    return {path.stem: boa.load_partial(str(path)) for path in directory.rglob("*.vy")}


def mutant(mutation: Mutation) -> dict[str, Any]:
    """Compile the contracts with one change. Raises ValueError if the text is not there once."""
    source = (CONTRACTS / f"{mutation.contract}.vy").read_text()
    if source.count(mutation.before) != 1:
        raise ValueError(f"{mutation.what}: found {source.count(mutation.before)} times")
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "contracts"
        shutil.copytree(CONTRACTS, copy)
        file = copy / f"{mutation.contract}.vy"
        file.write_text(source.replace(mutation.before, mutation.after))
        return {mutation.contract: boa.load_partial(str(file))}


def noticed(mutation: Mutation, house: dict[str, Any]) -> str:
    """Return what the machine said, and after how many steps; empty: it saw nothing."""
    machine = mutation.machine
    machine.house = house | mutant(mutation)
    try:
        run(machine, STEPS, (Phase.generate,))
    except Exception as error:  # noqa: BLE001 - any end but the good one is a notice
        text = str(error).partition("\n")[0] or type(error).__name__
        return f"{machine.steps} steps: {text}"
    return ""


def main() -> int:
    """Print a row per mutation of the named contracts (of all); return how many were not seen."""
    wanted = set(sys.argv[1:]) or {R, M, S, E}
    VyperContract.__repr__ = lambda contract: str(contract.address)
    house, unseen = compiled(CONTRACTS), 0
    for mutation in (one for one in MUTATIONS if one.contract in wanted):
        found = noticed(mutation, house)
        unseen += not found
        row = (mutation.contract, mutation.what, mutation.machine.__name__, found or "NOT SEEN")
        print("| " + " | ".join(row) + " |", flush=True)  # noqa: T201 - this is its whole job
    return unseen


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main())

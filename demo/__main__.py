"""`python -m demo`: the main job from sign-up to payout, on the running stack."""

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console

import odometer as od
from demo import cast, driving, fleets, journey, summary, trading
from demo.choices import FEWEST_DRIVERS
from demo.crew import Crew
from demo.facts import money, read_back, report
from demo.reconciling import DoesNotAddUp

_SEED = 2026
_WIDTH = 120  # columns, where no terminal says


def main() -> int:
    """Run the demo; 0 when everything happened and every number agrees."""
    asked = _parser().parse_args()
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    try:
        told = run(asked, console)
    except (od.OdometerError, journey.JourneyBroken, DoesNotAddUp, OSError) as error:
        console.print(f"The demo stopped: {error}", style="red", markup=False)
        return 1
    summary.show(console, told)
    return 0


def run(asked: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Walk the whole journey and return what was laid down as demo.json."""
    started = time.monotonic()
    crew = Crew(console)
    with crew.step("fleet", "Read the fleet"):
        fleet = fleets.load(asked.data, drivers=asked.drivers, seed=asked.seed)
    people = cast.gather(asked.url, asked.var, fleet, asked.seed)
    told = walk(journey.Journey(people, crew, asked.var, fleet.spec, fleet.is_simulated))
    told["fleet"] = fleet.name
    told["seconds"]["total"] = round(time.monotonic() - started, 2)
    told["sign_in"] = _keep_secrets(people, asked.var)
    _write(asked.var / "demo.json", told)
    return told


def walk(here: journey.Journey) -> dict[str, Any]:
    """Take every step of the main job, then read everything back."""
    trading.accredit(here)
    driving.enrol(here)
    driving.check_pins(here)
    trading.ask(here)
    driving.answer(here)
    driving.wait_for_grants(here)
    first = trading.wait_for_build(here, trading.plan(here), "build_first")
    trading.buy(here, first, "buy_first")
    driving.leave(here)
    planned = trading.plan(here)  # built while the contributors claim
    driving.claim(here, first)
    second = trading.wait_for_build(here, planned, "build_second")
    trading.buy(here, second, "buy_second")
    seen = read_back(here)
    with here.crew.step("reconcile", "Reconcile every unit"):
        told = report(here, seen, money(here, seen))
    told["columns"] = summary.columns_of(here)
    return {**told, "seconds": dict(here.crew.seconds)}


def _keep_secrets(people: cast.Cast, var: Path) -> dict[str, str]:
    """Keep what a person needs to sign in where the other keys are; return where and who."""
    place = var / "keys" / "demo.json"
    key = people.developer.new_key()
    secrets = {
        "developer": people.developer_handle,
        "developer_password": people.developer_password,
        "developer_key": key,
        "driver": people.members[0].handle,
        "driver_passphrase": people.passphrase,
    }
    _write(place, secrets, mode=0o600)
    _write_text(var / "keys" / "demo_developer_key", key, mode=0o600)
    return {"driver": secrets["driver"], "developer": secrets["developer"], "file": str(place)}


def _write(place: Path, body: dict[str, Any], *, mode: int = 0o644) -> None:
    _write_text(place, json.dumps(body, indent=1, sort_keys=True), mode=mode)


def _write_text(place: Path, text: str, *, mode: int) -> None:
    draft = place.with_name(f".{place.name}.draft")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text + "\n")
    draft.replace(place)


def _parser() -> argparse.ArgumentParser:
    port = os.environ.get("WEB_PORT", "8420")
    root = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--data", help="recorded data; a simulated fleet when not given")
    parser.add_argument("--drivers", type=_drivers, help="how many of them")
    parser.add_argument("--seed", type=int, default=_SEED)
    parser.add_argument("--url", default=os.environ.get("WEB_ORIGIN") or f"http://127.0.0.1:{port}")
    parser.add_argument(
        "--var", type=Path, default=Path(os.environ.get("ODOMETER_VAR") or root / "var")
    )
    return parser


def _drivers(text: str) -> int:
    number = int(text)
    if number < FEWEST_DRIVERS:
        raise argparse.ArgumentTypeError(f"at least {FEWEST_DRIVERS} drivers are needed")
    return number


if __name__ == "__main__":
    sys.exit(main())

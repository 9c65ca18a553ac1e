"""Bring a stack's keys, programs, files, database and contracts up to date; skip what is."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from rich.markup import escape

from stack import rpc, stamps, translations
from stack.keys import make_keys
from stack.kubo import get_kubo
from stack.kubo_repo import ready_repository
from stack.places import ROOT, Places
from stack.programs import app_environment, chain_state, deployer_environment, memory_directory
from stack.progress import StackError, say, step
from stack.vendor_modules import vendor

_NOT_OURS = {".venv", "node_modules", "var", ".git", "tests"}


def ready_programs(places: Places) -> Path | None:
    """Make keys and directories, and get the IPFS node. Returns Kubo, or None without one."""
    make_keys(places)
    for folder in (places.log, places.queue, chain_state(places).parent, places.var / "spool"):
        folder.mkdir(parents=True, exist_ok=True)
    memory_directory(places).mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.environ.get("IPFS_API"):
        return None
    kubo = get_kubo()
    if kubo:
        ready_repository(kubo, places.var / "ipfs", port=places.ipfs_port)
    else:
        say("[yellow]no Kubo here: the embedded block store stands in for it[/yellow]")
    return kubo


def ready_files(places: Places) -> None:
    """Compile translations and copy the browser's modules, when their sources changed."""
    translations.compile_all()
    digest = stamps.digest_of([ROOT / "package-lock.json", ROOT / "stack" / "vendor_modules.py"])
    if not stamps.is_done(places, "vendor", digest) or not (places.var / "vendor").is_dir():
        with step("browser modules"):
            vendor(ROOT / "node_modules", places.var / "vendor")
        stamps.mark_done(places, "vendor", digest)


def ready_rooms(places: Places) -> None:
    """Migrate, make the admin and collect static files, when their sources changed."""
    database = os.environ.get("DATABASE_URL", "")
    if not database and not (places.var / "db.sqlite3").exists():
        stamps.forget(places, "migrate", "admin")
    wanted = {
        "migrate": stamps.digest_of(_sources("migrations/*.py"), database),
        "admin": stamps.digest_of([], database),
        "static": stamps.digest_of(
            [*_sources("static/**/*"), *_sources("**/djangojs.mo"), *_vendored(places)], "listed"
        ),
    }
    due = [name for name, digest in wanted.items() if not stamps.is_done(places, name, digest)]
    if not due:
        return
    with step(f"rooms: {', '.join(due)}"):
        password_file = {"ADMIN_PASSWORD_FILE": str(places.keys / "admin_password")}
        _run(places, [sys.executable, "-m", "stack.site", *due], password_file)
    for name in due:
        stamps.mark_done(places, name, wanted[name])


def ready_contracts(places: Places) -> None:
    """Deploy the contracts to our own dev chain, unless they are there already."""
    if os.environ.get("CHAIN_RPC_URL"):
        return  # somebody else's chain: deploying there is a decision, not a set-up step
    told = app_environment(places)
    named = [*(ROOT / "chain" / "artifacts").glob("*.json"), Path(told["BUILDER_PUBLIC_FILE"])]
    digest = stamps.digest_of(named, told.get("FEE_BPS", ""))
    if stamps.is_done(places, "deploy", digest) and _is_deployed(places):
        return
    with step("contracts on the dev chain"):
        deploy = [sys.executable, "-m", "stack.site", "deploy"]
        differs = _run(places, deploy, deployer_environment(places))
    if differs:
        say(f"[yellow]{escape(differs)}[/yellow]")
    else:
        stamps.mark_done(places, "deploy", digest)


def code_digest() -> str:
    """Return a digest of what the running processes have loaded."""
    kinds = ("**/*.py", "**/templates/**/*", "**/static/**/*", "**/*.mo")
    return stamps.digest_of(file for kind in kinds for file in _sources(kind))


def _is_deployed(places: Places) -> bool:
    """Return whether the chain has code at every address that was written down."""
    file = chain_state(places).parent / "31337.json"
    try:
        contracts = json.loads(file.read_text(encoding="utf-8"))["contracts"].values()
        codes = [
            rpc.call(places.chain_url, "eth_getCode", contract["address"], "latest")
            for contract in contracts
        ]
    except (OSError, ValueError, KeyError, rpc.RpcError):
        return False
    return bool(codes) and all(code != "0x" for code in codes)


def _sources(pattern: str) -> Iterable[Path]:
    for room in sorted(ROOT.iterdir()):
        if room.is_dir() and room.name not in _NOT_OURS and not room.name.startswith("."):
            yield from (file for file in room.glob(pattern) if file.is_file())


def _vendored(places: Places) -> Iterable[Path]:
    return (file for file in (places.var / "vendor").glob("**/*") if file.is_file())


def _run(places: Places, command: list[str], more: dict[str, str]) -> str:
    """Return what the command said. Raises StackError with its last lines when it fails."""
    environment = {**os.environ, **app_environment(places), **more}
    answer = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if answer.returncode:
        tail = "\n".join((answer.stdout + answer.stderr).strip().splitlines()[-15:])
        raise StackError(f"{' '.join(command[1:])} failed:\n{tail}")
    return answer.stdout.strip()

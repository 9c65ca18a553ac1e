"""Commands of a driver who takes everything along or leaves."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from odometer import erasing, exporting, signing_in
from odometer.chain import Chain
from odometer.client import Client
from odometer.rpc import Rpc
from odometer.waiting import NotInTime
from protocol import vault

Answer = list[dict[str, Any]]
Act = Callable[[argparse.Namespace], Answer]
Verb = Callable[[Any, str, Act, str], argparse.ArgumentParser]


def add(nouns: Any, verbs: Callable[[Any, str, str], Any], verb: Verb) -> None:
    """Plug the nouns `data` and `erasure` into the command line."""
    data = verbs(nouns, "data", "everything about you")
    export = verb(data, "export", _export, "write everything about you into one ZIP")
    export.add_argument("archive", type=Path)
    export.add_argument("--sealed", action="store_true", help="leave the files as they are kept")
    signing_in.options(export)
    opened = verb(data, "open", _open, "open the files of a sealed archive, without any server")
    opened.add_argument("sealed", type=Path)
    opened.add_argument("archive", type=Path)
    opened.add_argument("--words-file", type=Path, required=True, help="your 24 recovery words")
    erasure = verbs(nouns, "erasure", "being forgotten, and proofs of it")
    _add_start(erasure, verb)
    proof = verb(erasure, "verify", _verify, "check a proof file against a node")
    proof.add_argument("proof", type=Path, help="the proof file, JSON")
    proof.add_argument("--rpc", help="your own node: then nobody else is asked")
    proof.add_argument("--contract", default="", help="the ConsentRegistry's address you know")
    proof.add_argument(
        "--upload", action="append", default=[], help="an id that the proof must cover"
    )


def _add_start(erasure: Any, verb: Verb) -> None:
    start = verb(erasure, "start", _erase, "erase, wait, and save the proof; it cannot be undone")
    what = start.add_mutually_exclusive_group(required=True)
    what.add_argument("--upload", help="id of one upload")
    what.add_argument("--vehicle", help="id of one car: all its uploads; it is retired too")
    what.add_argument("--everything", action="store_true", help="your account ends with it")
    start.add_argument("--proof", type=Path, required=True, help="where to save the proof")
    start.add_argument("--yes", action="store_true", required=True, help="say that you mean it")
    signing_in.options(start)


def _export(asked: argparse.Namespace) -> Answer:
    counts = signing_in.driver(asked).export(asked.archive, is_sealed=asked.sealed)
    return [{"archive": str(asked.archive), **counts}]


def _open(asked: argparse.Namespace) -> Answer:
    seed = vault.seed_of(signing_in.words_of(asked.words_file))
    count = exporting.open_archive(asked.sealed, asked.archive, seed)
    return [{"archive": str(asked.archive), "files": count}]


def _erase(asked: argparse.Namespace) -> Answer:
    driver = signing_in.driver(asked)
    if asked.upload:
        begun = driver.erase_upload(asked.upload)
    elif asked.vehicle:
        begun = driver.erase_vehicle(asked.vehicle)
    else:
        begun = driver.erase_everything()
    try:
        done = begun.wait_until_finished()
    except NotInTime as late:
        raise NotInTime(f"{late}; the proof will be at {begun.path}") from late
    asked.proof.write_text(json.dumps(done.proof, indent=1) + "\n", encoding="utf-8")
    stays = (done.proof or {}).get("releases_that_stay", [])
    return [{"state": done.state, "proof": str(asked.proof), "releases_that_stay": len(stays)}]


def _verify(asked: argparse.Namespace) -> Answer:
    said = json.loads(asked.proof.read_text(encoding="utf-8"))
    proof = said.get("proof", said)  # the erasure as the portal saves it holds the proof
    if proof is None:
        raise ValueError("this erasure is not finished yet, so it has no proof")
    if asked.rpc:
        erased = erasing.verify_alone(proof, Rpc(asked.rpc), asked.upload, contract=asked.contract)
    else:
        erased = erasing.verify(proof, Chain.of(Client(asked.url).session), asked.upload)
    row = {"verified": True, "uploads": erased.uploads, "block": erased.block_number}
    return [{**row, "whole": erased.whole, "contract": proof["contract"]}]

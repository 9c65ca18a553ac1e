"""The command line: `odometer <noun> <verb>`. Answers on stdout, notes on stderr."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from odometer import erasing, verifying
from odometer.chain import Chain
from odometer.client import Client
from odometer.errors import OdometerError, Unavailable
from odometer.rpc import Rpc
from odometer.waiting import NotInTime

DONE: Final = 0
REFUSED: Final = 1
UNAVAILABLE: Final = 3

Answer = list[dict[str, Any]]
"""What a command prints: one line, or one JSON object, each."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 refused, 2 usage, 3 unavailable."""
    asked = _parser().parse_args(arguments)
    try:
        rows = asked.act(asked)
    except (Unavailable, NotInTime) as error:
        return _fail(error, UNAVAILABLE)
    except (OdometerError, ValueError, OSError) as error:
        return _fail(error, REFUSED)
    for row in rows:
        sys.stdout.write((json.dumps(row) if asked.json else _line(row)) + "\n")
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="odometer", description="Privacy-preserving vehicle data."
    )
    nouns = parser.add_subparsers(required=True, metavar="NOUN")
    products = _verbs(nouns, "products", "the catalogue")
    _verb(products, "list", _list_products, "every product with its price")
    releases = _verbs(nouns, "releases", "published answers")
    verify = _verb(releases, "verify", _verify_release, "hold a release against the chain")
    verify.add_argument("release_id")
    erasure = _verbs(nouns, "erasure", "proofs of erasure")
    proof = _verb(erasure, "verify", _verify_erasure, "check a proof file against a node")
    proof.add_argument("proof", type=Path, help="the proof file, JSON")
    proof.add_argument("--rpc", help="your own node; the marketplace's when not given")
    chain = _verbs(nouns, "chain", "contracts and payment token")
    _verb(chain, "info", _chain_info, "which chain this marketplace speaks to")
    return parser


def _verbs(nouns: Any, name: str, help_text: str) -> Any:
    return nouns.add_parser(name, help=help_text).add_subparsers(required=True, metavar="VERB")


def _verb(
    verbs: Any, name: str, act: Callable[[argparse.Namespace], Answer], help_text: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=help_text)
    parser.add_argument(
        "--url", help="the marketplace; ODOMETER_URL or this machine when not given"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(act=act)
    return parser


def _list_products(asked: argparse.Namespace) -> Answer:
    return [
        {
            "id": product.id,
            "title": product.title,
            "price": product.chain.token.text(product.total_units),
            "is_simulated": product.is_simulated,
        }
        for product in Client(asked.url).products()
    ]


def _verify_release(asked: argparse.Namespace) -> Answer:
    client = Client(asked.url)
    manifest = client.release(asked.release_id).manifest()
    block = verifying.publication(client.chain, manifest)
    sealed = client.session.content(f"/releases/{asked.release_id}/file")
    verifying.file(manifest, sealed)
    facts = {"release": asked.release_id, "cid": manifest["file"]["cid"], "block": block}
    return [{"verified": True, **facts}]


def _verify_erasure(asked: argparse.Namespace) -> Answer:
    proof = json.loads(asked.proof.read_text(encoding="utf-8"))
    chain = Chain.of(Client(asked.url).session, Rpc(asked.rpc) if asked.rpc else None)
    erased = erasing.verify(proof, chain)
    return [{"verified": True, "uploads": erased.uploads, "block": erased.block_number}]


def _chain_info(asked: argparse.Namespace) -> Answer:
    chain = Client(asked.url).chain
    head = {"chain_id": chain.chain_id, "rpc_url": chain.rpc.url, "head": chain.rpc.head()}
    return [{**head, **chain.addresses, "builder_key_sha256": chain.builder_key_sha256().hex()}]


def _line(row: dict[str, Any]) -> str:
    return "  ".join(f"{name}={value}" for name, value in row.items())


def _fail(error: Exception, code: int) -> int:
    sys.stderr.write(f"{error}\n")
    return code

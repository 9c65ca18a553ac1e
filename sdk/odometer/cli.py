"""The command line: `odometer <noun> <verb>`. Answers on stdout, notes on stderr."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from odometer import leaving_commands, script_commands, vault_commands, verify_release, verifying
from odometer.campaigns import DataRequest
from odometer.chain import Chain
from odometer.client import Client
from odometer.errors import OdometerError, Unavailable, Untrusted
from odometer.rpc import Rpc
from odometer.waiting import NotInTime
from odometer.wallet import Wallet

DONE: Final = 0
REFUSED: Final = 1
UNAVAILABLE: Final = 3

_PUBLISHED: Final = ("manifest", "contributors")

Answer = list[dict[str, Any]]
"""What a command prints: one line, or one JSON object, each. A row with a false `ok` refuses."""


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
    return DONE if all(row.get("ok", True) for row in rows) else REFUSED


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
    verify.add_argument("--rpc", help="your own node; the marketplace's when not given")
    asked = _verbs(nouns, "requests", "your data requests and their campaigns")
    _verb(asked, "list", _list_requests, "every request with its state")
    show = _verb(asked, "show", _show_request, "how far a request or its campaign is")
    show.add_argument("request_id")
    fund = _verb(asked, "fund", _fund_request, "put a campaign's bounty in escrow, without gas")
    fund.add_argument("request_id")
    fund.add_argument("--wallet", type=Path, required=True, help="file with the private key, hex")
    leaving_commands.add(nouns, _verbs, _verb)
    vault_commands.add(nouns, _verbs, _verb)
    script_commands.add(nouns, _verbs, _verb)
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


def _list_requests(asked: argparse.Namespace) -> Answer:
    return [_request_row(request) for request in Client(asked.url).requests()]


def _show_request(asked: argparse.Namespace) -> Answer:
    return [_request_row(Client(asked.url).data_request(asked.request_id))]


def _fund_request(asked: argparse.Namespace) -> Answer:
    wallet = Wallet.from_file(asked.wallet)
    request = Client(asked.url).data_request(asked.request_id)
    request.fund(wallet)
    return [_request_row(Client(asked.url).data_request(asked.request_id))]


def _request_row(request: DataRequest) -> dict[str, Any]:
    row = {"id": request.id, "title": request["title"], "state": request.state}
    campaign = request["campaign"]
    if campaign is None:
        return row
    wanted = ("consents", "threshold", "deadline_at", "end_tx_hash", "license_id", "reason")
    told = {name: campaign[name] for name in wanted if campaign[name] is not None}
    bounty = request.chain.token.text(int(campaign["bounty_units"]))
    return row | {"state": campaign["state"], "bounty": bounty, **told}


def _verify_release(asked: argparse.Namespace) -> Answer:
    session, place = Client(asked.url).session, f"/releases/{asked.release_id}"
    chain = Chain.of(session, Rpc(asked.rpc) if asked.rpc else None)
    files = [json.loads(session.content(f"{place}/{name}")) for name in _PUBLISHED]
    if files[0]["release_id"] != asked.release_id:
        raise Untrusted("manifest_mismatch", "this is the manifest of another release")
    ask = partial(verify_release.ask, chain.rpc.url)
    rows = verify_release.verify(ask, chain.market, chain.registry, *files)
    return [*rows, _file_row(files[0], session.content(f"{place}/file"))]


def _file_row(manifest: Any, sealed: bytes) -> dict[str, Any]:
    try:
        verifying.file(manifest, sealed)
    except Untrusted as error:
        return {"check": "file", "ok": False, "detail": str(error)}
    return {
        "check": "file",
        "ok": True,
        "detail": f"{len(sealed)} bytes, {manifest['file']['cid']}",
    }


def _chain_info(asked: argparse.Namespace) -> Answer:
    chain = Client(asked.url).chain
    head = {"chain_id": chain.chain_id, "rpc_url": chain.rpc.url, "head": chain.rpc.head()}
    return [{**head, **chain.addresses, "builder_key_sha256": chain.builder_key_sha256().hex()}]


def _line(row: dict[str, Any]) -> str:
    if "check" in row:
        return f"{'ok' if row['ok'] else 'FAIL':4}  {row['check']:12}  {row['detail']}"
    return "  ".join(f"{name}={value}" for name, value in row.items())


def _fail(error: Exception, code: int) -> int:
    sys.stderr.write(f"{error}\n")
    return code

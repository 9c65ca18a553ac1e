"""Names of contract functions and events in the source exist in the compiled contracts."""

import ast
import json
from collections.abc import Iterator

from chain import subscriptions
from chain.contracts import ARTIFACTS_DIR
from tests.architecture.test_floors import ROOT, calls, sources

ABIS = {file.stem: json.loads(file.read_text())["abi"] for file in ARTIFACTS_DIR.glob("*.json")}


def names(kind: str, contract: str) -> set[str]:
    return {part["name"] for part in ABIS[contract] if part["type"] == kind}


def texts(call: ast.Call) -> Iterator[str]:
    for argument in [*call.args, *(keyword.value for keyword in call.keywords)]:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value


def test_every_event_that_is_listened_to_exists():
    heard = [*subscriptions._on_event, *subscriptions._on_undone]
    assert heard
    for contract, event in heard:
        assert event in names("event", contract), f"{contract}.{event}"


def test_every_function_that_is_called_exists():
    known = {name for contract in ABIS for name in names("function", contract)} | {"__init__"}
    for file in sources():
        for call in calls(file, "ContractCall"):
            for text in texts(call):
                where = f"{file.relative_to(ROOT)}:{call.lineno}"
                assert text in known or text in ABIS, f"{where} calls {text}"


def test_every_batch_that_is_asked_for_exists():
    for file in sources():
        for call in calls(file, "submit_item"):
            batch = next(k.value for k in call.keywords if k.arg == "batch_function")
            if isinstance(batch, ast.Constant):
                assert any(batch.value in names("function", contract) for contract in ABIS)

"""Run the demo against a stack, as a person would."""

import json
import os
import subprocess
import sys
from typing import Any

from stack.places import ROOT
from tests.worlds.nodes import Stack

DRIVERS = 30


def start(stack: Stack, *more: str, drivers: int = DRIVERS) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "demo", "--drivers", str(drivers)]
    place = ["--url", stack.web_url, "--var", str(stack.places.var)]
    path = os.pathsep.join([str(ROOT / "sdk"), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [*command, *place, *more],
        cwd=ROOT,
        env={**stack.environment, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(demo: "subprocess.Popen[str]", *, timeout_s: float = 240) -> str:
    output, _ = demo.communicate(timeout=timeout_s)
    assert demo.returncode == 0, output
    return output


def saved(stack: Stack) -> dict[str, Any]:
    """What the last demo on this stack left behind."""
    return dict(json.loads((stack.places.var / "demo.json").read_text(encoding="utf-8")))


def told(stack: Stack) -> dict[str, Any]:
    """What a demo on this stack left behind; runs one when none did yet."""
    if not (stack.places.var / "demo.json").exists():
        finish(start(stack))
    return saved(stack)


def secrets(stack: Stack) -> dict[str, str]:
    """How to sign in as the people of the last demo."""
    return dict(json.loads((stack.places.keys / "demo.json").read_text(encoding="utf-8")))

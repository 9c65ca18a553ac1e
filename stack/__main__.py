"""The stack's one command: python -m stack up, down, status and so on."""

import argparse
import json
import os
import sys
from collections.abc import Callable

from stack import running
from stack.nodes import describe
from stack.places import Places, places
from stack.progress import StackError, console, say


def main() -> int:
    """Do what is asked; a failure is one red line that says what to do."""
    parser = argparse.ArgumentParser(prog="python -m stack", description=__doc__)
    parser.add_argument("act", choices=sorted(_ACTS))
    parser.add_argument("--json", action="store_true", help="for programs to read")
    arguments = parser.parse_args()
    try:
        return _ACTS[arguments.act](places(), arguments.json)
    except StackError as error:
        console.print(str(error), style="red", markup=False)
        return 1
    except KeyboardInterrupt:
        return 130


def _set_up(here: Places, _json: bool) -> int:  # noqa: FBT001 - all acts share one form
    running.set_up(here, with_rooms=True)
    return 0


def _tools(here: Places, _json: bool) -> int:  # noqa: FBT001
    running.set_up(here, with_rooms=False)
    return 0


def _up(here: Places, _json: bool) -> int:  # noqa: FBT001
    running.up(here)
    say(f"Portal: [bold]{here.web_url}[/bold]   admin / {here.keys / 'admin_password'}")
    return 0


def _down(here: Places, _json: bool) -> int:  # noqa: FBT001
    running.down(here)
    return 0


def _wait(here: Places, _json: bool) -> int:  # noqa: FBT001
    running.wait(here)
    return 0


def _status(here: Places, as_json: bool) -> int:  # noqa: FBT001
    found = running.status(here)
    if as_json:
        sys.stdout.write(json.dumps(found) + "\n")
    elif not found:
        say("nothing runs")
    else:
        for name, state in found.items():
            say(f"{name:<15} {state}")
    return 0 if found else 3


def _nodes(here: Places, as_json: bool) -> int:  # noqa: FBT001
    found = describe(here)
    if as_json:
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        for node in found:
            say(f"{node['name']:<10} {node['kind']} {node['version']}")
    return 0


def _logs(here: Places, _json: bool) -> int:  # noqa: FBT001
    """Become `tail -f` over all logs."""
    files = sorted(str(file) for file in here.log.glob("*.log"))
    os.execvp("tail", ["tail", "-n", "3", "-F", *files])  # noqa: S606 - the very point


_ACTS: dict[str, Callable[[Places, bool], int]] = {
    "setup": _set_up,
    "tools": _tools,
    "up": _up,
    "down": _down,
    "wait": _wait,
    "status": _status,
    "nodes": _nodes,
    "logs": _logs,
}

if __name__ == "__main__":
    sys.exit(main())

"""Runs a machine for its part of the steps and says at the end how many were taken."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.contracts.stateful.worlds import Machine, demanded, run


@pytest.fixture
def takes_steps(
    compiled: Any, record_property: Callable[[str, object], None]
) -> Callable[[type[Machine], float], None]:
    """Return what runs a machine for its share of all steps."""

    def take(machine: type[Machine], share: float) -> None:
        machine.house = compiled
        started = time.process_time()
        run(machine, demanded(share))
        done = sum(count for how, count in machine.tally.items() if how.endswith(": done"))
        record_property("steps", machine.steps)
        record_property("calls_done", done)
        record_property("calls_refused", machine.tally.total() - done)
        record_property("refusals", len(machine.tally))
        record_property("cpu_s", round(time.process_time() - started, 1))

    return take


def pytest_terminal_summary(terminalreporter: Any) -> None:
    passed = [dict(report.user_properties) for report in terminalreporter.stats.get("passed", [])]
    facts = [properties for properties in passed if "steps" in properties]
    if not facts:
        return
    total = {name: sum(fact[name] for fact in facts) for name in facts[0]}
    terminalreporter.write_line(
        f"stateful: {total['steps']} steps, {total['calls_done']} calls done and "
        f"{total['calls_refused']} refused as foretold, {total['cpu_s']:.1f} s of CPU"
    )

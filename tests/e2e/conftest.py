"""A whole stack, a browser, and the people who use both."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_socket import enable_socket

from tests.e2e.browser import DESK, ROOT, Person
from tests.worlds.nodes import Stack, whole_stack


@pytest.fixture(scope="session")
def house(tmp_path_factory) -> Iterator[Stack | None]:
    """A stack of its own, whose database a test may look into; None when one is up already."""
    enable_socket()
    if "PORTAL_URL" in os.environ:
        yield None
        return
    with whole_stack(tmp_path_factory.mktemp("stack")) as stack:
        yield stack


@pytest.fixture(scope="session")
def portal(house) -> tuple[str, str]:
    """Address and admin password of a stack; PORTAL_URL names one that is up already."""
    if house is None:
        password = Path(os.environ["ADMIN_PASSWORD_FILE"]).read_text(encoding="utf-8").strip()
        return os.environ["PORTAL_URL"], password
    return house.web_url, house.admin_password


@pytest.fixture
def person(browser, portal) -> Iterator[Callable[..., Person]]:
    """Let somebody sit down at a new browser window."""
    seated: list[Person] = []

    def sit_down(size: dict[str, int] | None = None, **options: Any) -> Person:
        context = browser.new_context(viewport=size or DESK, **options)
        seated.append(Person(context, portal[0]))
        return seated[-1]

    yield sit_down
    for one in seated:
        one.leave()


@pytest.fixture
def tell(house) -> Callable[..., None]:
    """Run a few lines inside the stack."""
    if house is None:
        pytest.skip("this needs a stack of its own, to put an offer into it")

    def run(code: str, **values: str) -> None:
        command = [sys.executable, "manage.py", "shell", "-c", code.format(**values)]
        env = {**house.environment, "CHAIN_RPC_URL": house.places.chain_url}
        done = subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    return run

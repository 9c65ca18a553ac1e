"""Roles, fakes and fences for every test."""

import json
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import pytest_socket
from celery import current_app
from celery.exceptions import CDeprecationWarning
from django.contrib.auth.models import User
from hypothesis import HealthCheck
from hypothesis import settings as of_properties
from rest_framework.test import APIClient

from chain import standing
from registry.models import Developer, Driver, Vehicle
from storage.fencing import Fence
from tests.factories import keys
from tests.factories import registry as registry_factory
from tests.fakes.ipfs import FakeNode
from work.models import WorkRow

# A machine that does something else beside is slow, and says nothing about a property.
of_properties.register_profile(
    "busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
of_properties.load_profile("busy machine")

REAL_WORLD = ("worlds", "e2e")
EXITS = ("consent", "payouts", "registry", "storage")
"""Rooms in which people withdraw consents, claim, take their data out and erase."""


@pytest.fixture(autouse=True, scope="session")
def _tasks_are_known() -> None:
    """Register every task before the first test; a warning half-way would leave some unknown."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CDeprecationWarning)  # a task's `queue`, gone in Celery 6
        current_app.finalize()


@pytest.fixture(autouse=True)
def _sockets(request: pytest.FixtureRequest) -> Iterator[None]:
    """Close the net, but for tests that say they need real nodes."""
    if not any(request.node.get_closest_marker(name) for name in REAL_WORLD):
        pytest_socket.disable_socket(allow_unix_socket=True)
    yield
    pytest_socket.enable_socket()


@pytest.fixture(autouse=True)
def wakes(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> list[tuple[str, list[Any]]]:
    """Catch Celery's wake-ups: return the (task, arguments) that would have been sent."""
    sent: list[tuple[str, list[Any]]] = []
    if not any(request.node.get_closest_marker(name) for name in REAL_WORLD):
        from config.celery import app  # noqa: PLC0415 - needs the settings

        def send(name: str, args: Any = None, *_args: Any, **_options: Any) -> None:
            sent.append((name, list(args or [])))

        monkeypatch.setattr(app, "send_task", send)
    return sent


@pytest.fixture(autouse=True)
def _directories(settings: Any, tmp_path: Path) -> None:
    settings.SPOOL_DIR = tmp_path / "spool"
    settings.CHAIN_DEPLOYMENTS_DIR = tmp_path / "chain"  # nothing is deployed
    settings.STATIC_ROOT = tmp_path  # collected files are no part of a fast test


@pytest.fixture(autouse=True)
def _no_exit_asks_the_stop_switch(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fail every test of an exit's room that asks whether the market is halted."""

    def asked(view: str) -> None:
        pytest.fail(f"{request.node.name} asked the stewards' contract for {view}")

    if request.path.parent.name in EXITS:
        monkeypatch.setattr(standing, "_view", asked)


@pytest.fixture(autouse=True)
def _builder_public_key(settings: Any, tmp_path: Path) -> None:
    """Publish the builder's key; no process holds the private one unless it says so."""
    file = tmp_path / "builder.public.json"
    file.write_text(json.dumps({"key_id": "builder-1", "public_key": keys.BUILDER.public.hex()}))
    settings.BUILDER_PUBLIC_FILE = file
    settings.BUILDER_PRIVATE_KEY = ""


@pytest.fixture(autouse=True)
def _no_erasure_is_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Open the builder's fence: there is no chain in a fast test that could be behind."""
    monkeypatch.setattr("storage.fencing.FENCE", Fence(is_open=True))


@pytest.fixture
def builder_process(settings: Any) -> None:
    """Let this test run as the builder's process."""
    settings.BUILDER_PRIVATE_KEY = keys.BUILDER.private.hex()


@pytest.fixture
def ipfs_node(monkeypatch: pytest.MonkeyPatch) -> FakeNode:
    """Put an IPFS node in memory where the real one would be."""
    node = FakeNode()
    monkeypatch.setattr("storage.ipfs.node", lambda: node)
    return node


@pytest.fixture
def work_through() -> Callable[..., int]:
    """Return a function that does every open work row once, as workers would; it counts them."""

    def work(*tasks: str) -> int:
        rows = WorkRow.objects.filter(state=WorkRow.State.OPEN).order_by("created_at", "id")
        mine = [row for row in rows if not tasks or row.task in tasks]
        for row in mine:
            module, _, name = row.task.rpartition(".")
            getattr(import_module(module), name)(row.reference)
        return len(mine)

    return work


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One real browser for the whole run: its driver allows no second one in a process."""
    from tests.e2e.browser import chromium  # noqa: PLC0415 - fast tests need no browser

    pytest_socket.enable_socket()
    with chromium() as started:
        yield started


@pytest.fixture
def driver(db: None) -> Driver:
    return registry_factory.make_driver("driver", keys.DRIVER)


@pytest.fixture
def other_driver(db: None) -> Driver:
    return registry_factory.make_driver("other-driver", keys.OTHER_DRIVER)


@pytest.fixture
def vehicle(driver: Driver) -> Vehicle:
    return registry_factory.make_vehicle(driver)


@pytest.fixture
def developer(db: None) -> Developer:
    return registry_factory.make_developer()


@pytest.fixture
def admin(db: None) -> User:
    return registry_factory.make_admin()


@pytest.fixture
def anybody() -> APIClient:
    """A client that nobody is signed in on."""
    return APIClient()


@pytest.fixture
def as_driver(driver: Driver) -> APIClient:
    return _signed_in(driver.user)


@pytest.fixture
def as_other_driver(other_driver: Driver) -> APIClient:
    return _signed_in(other_driver.user)


@pytest.fixture
def as_developer(developer: Developer) -> APIClient:
    return _signed_in(developer.user)


@pytest.fixture
def as_admin(admin: User) -> APIClient:
    return _signed_in(admin)


def _signed_in(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client

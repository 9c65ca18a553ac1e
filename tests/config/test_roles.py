"""A process that holds a key which is not its own does not start."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config import roles
from stack.places import ROOT
from tests.factories import keys

STARTS_S = 60


@pytest.mark.parametrize("name", ["BUILDER_PRIVATE_KEY", "CHAIN_SENDER_KEY"])
@pytest.mark.parametrize("queues", [(), ("default",), ("default", "builder", "chain")])
def test_a_key_in_a_process_that_is_not_its_own_ends_it(
    settings: Any, name: str, queues: tuple[str, ...]
) -> None:
    setattr(settings, name, keys.BUILDER.private.hex())
    with pytest.raises(SystemExit, match="take the key out of its environment"):
        roles.refuse_foreign_keys(queues)


def test_an_old_key_of_the_builder_counts_as_one(settings: Any) -> None:
    settings.BUILDER_OLD_PRIVATE_KEYS = [keys.BUILDER.private.hex()]
    with pytest.raises(SystemExit):
        roles.refuse_foreign_keys()


@pytest.mark.parametrize("queues", [(), ("default",), ("chain",), ("builder",)])
def test_a_process_without_keys_starts(queues: tuple[str, ...]) -> None:
    roles.refuse_foreign_keys(queues)


def test_each_of_the_two_starts_with_its_own_key(settings: Any, builder_process: None) -> None:
    roles.refuse_foreign_keys(["builder"])
    settings.BUILDER_PRIVATE_KEY, settings.CHAIN_SENDER_KEY = "", keys.BUYER.private.hex()
    roles.refuse_foreign_keys(["chain"])


def test_a_builder_whose_key_is_not_the_published_one_does_not_start(
    settings: Any, builder_process: None
) -> None:
    settings.BUILDER_PRIVATE_KEY = keys.BUYER.private.hex()
    with pytest.raises(SystemExit, match=r"storage\.E001"):
        roles.refuse_foreign_keys(["builder"])


@pytest.mark.worlds
@pytest.mark.parametrize(
    "command",
    [
        ["gunicorn", "config.wsgi:application", "--bind", "127.0.0.1:0", "--preload"],
        ["celery", "-A", "config.celery", "worker", "-Q", "default", "-c", "1"],
        ["celery", "-A", "config.celery", "beat", "--pidfile", ""],
    ],
    ids=["web", "worker", "beat"],
)
def test_no_process_starts_with_the_builders_key_in_its_environment(
    command: list[str], tmp_path: Path
) -> None:
    (tmp_path / "builder").write_text(keys.BUILDER.private.hex())
    told = {
        "ODOMETER_VAR": str(tmp_path),
        "REDIS_URL": "redis://127.0.0.1:9/0",  # it ends before it would listen there
        "BUILDER_PRIVATE_KEY_FILE": str(tmp_path / "builder"),
    }
    answer = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**os.environ, **told},
        capture_output=True,
        text=True,
        timeout=STARTS_S,
        check=False,
    )
    assert answer.returncode not in {0, -9}
    assert "take the key out of its environment" in answer.stdout + answer.stderr
    assert keys.BUILDER.private.hex() not in answer.stdout + answer.stderr

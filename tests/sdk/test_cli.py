"""The command line: exit codes a script can rely on."""

import pytest

from odometer import cli
from odometer.errors import Untrusted, unreachable


@pytest.fixture
def failing(monkeypatch):
    def fail_with(error):
        def client(_url):
            raise error

        monkeypatch.setattr(cli, "Client", client)

    return fail_with


def test_a_refusal_is_one_and_said_on_stderr(failing, capsys):
    failing(Untrusted("not_on_chain", "the chain knows no such release"))
    assert cli.main(["chain", "info"]) == cli.REFUSED
    assert "no such release" in capsys.readouterr().err


def test_a_marketplace_that_is_away_is_three(failing):
    failing(unreachable("http://market.test", OSError("gone")))
    assert cli.main(["products", "list"]) == cli.UNAVAILABLE


def test_wrong_usage_is_two(capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(["products", "destroy"])
    assert end.value.code == 2

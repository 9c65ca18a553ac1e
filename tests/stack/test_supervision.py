"""The supervisor's configuration says exactly what it was told."""

from configparser import RawConfigParser
from pathlib import Path

import pytest

from stack.places import Places
from stack.programs import Program, programs
from stack.supervision import write_configuration


@pytest.fixture
def here(tmp_path: Path) -> Places:
    return Places(var=tmp_path / "a%b", web_port=1, chain_port=2, ipfs_port=3, redis_port=4)


def test_a_percent_sign_survives(here):
    here.var.mkdir()
    told = Program("web", ["serve", "--format", "%(m)s"], 30, {"RATE": "5%"})
    write_configuration(here, [told])
    read = RawConfigParser()
    read.read(here.configuration)
    assert "%%(m)s" in read["program:web"]["command"]
    assert read["program:web"]["environment"] == 'RATE="5%%"'


def test_nodes_start_with_the_supervisor_and_rooms_later(here, monkeypatch):
    monkeypatch.delenv("IPFS_API", raising=False)
    here.var.mkdir()
    write_configuration(here, programs(here, kubo=None))
    read = RawConfigParser()
    read.read(here.configuration)
    starts = {name: read[name]["autostart"] for name in read.sections() if "program:" in name}
    assert starts["program:anvil"] == "true"
    assert starts["program:web"] == "false"


def test_a_node_that_is_elsewhere_is_not_started(here, monkeypatch):
    monkeypatch.setenv("CHAIN_RPC_URL", "http://127.0.0.1:9")
    names = {program.name for program in programs(here, kubo=None)}
    assert "anvil" not in names
    assert "chain-saver" not in names


def test_no_key_is_written_into_the_configuration(here, monkeypatch):
    monkeypatch.setenv("BUILDER_PRIVATE_KEY", "5ec2e7")
    here.var.mkdir()
    write_configuration(here, programs(here, kubo=None))
    assert "5ec2e7" not in here.configuration.read_text()


def test_a_long_path_gets_a_short_socket(tmp_path):
    here = Places(var=tmp_path / ("long" * 40), web_port=1, chain_port=2, ipfs_port=3, redis_port=4)
    assert len(str(here.socket)) < 100

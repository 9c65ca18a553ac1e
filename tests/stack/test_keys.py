"""Keys are made once, for their owner alone."""

import json
import stat
from pathlib import Path

import pytest
from nacl.public import PrivateKey

from stack.keys import STEWARDS, make_keys, steward_addresses
from stack.places import Places
from stack.programs import app_environment, deployer_environment, sender_environment


@pytest.fixture
def here(tmp_path: Path) -> Places:
    return Places(var=tmp_path, web_port=1, chain_port=2, ipfs_port=3, redis_port=4)


def test_making_them_again_changes_none(here):
    make_keys(here)
    before = {file.name: file.read_text() for file in here.keys.iterdir()}
    make_keys(here)
    assert {file.name: file.read_text() for file in here.keys.iterdir()} == before


def test_only_their_owner_may_read_them(here):
    make_keys(here)
    private = [file for file in here.keys.iterdir() if file.suffix != ".json"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in private} == {0o600}
    assert stat.S_IMODE(here.keys.stat().st_mode) == 0o700


def test_the_published_key_is_the_other_half_of_the_private_one(here):
    make_keys(here)
    private = PrivateKey(bytes.fromhex((here.keys / "builder").read_text().strip()))
    published = json.loads((here.keys / "builder.public.json").read_text())
    assert published["public_key"] == bytes(private.public_key).hex()


def test_the_stewards_are_two_and_only_their_addresses_are_told(here):
    make_keys(here)
    first, second = steward_addresses(here)
    assert first != second
    assert deployer_environment(here)["CHAIN_STEWARDS"] == f"{first},{second}"
    told = {**app_environment(here), **sender_environment(here), **deployer_environment(here)}
    for name in STEWARDS:
        private = (here.keys / name).read_text().strip()
        assert not [value for value in told.values() if name in value or private in value]
    assert "CHAIN_STEWARDS" not in {**app_environment(here), **sender_environment(here)}


def test_stewards_that_somebody_names_are_taken(here, monkeypatch):
    make_keys(here)
    monkeypatch.setenv("CHAIN_STEWARDS", "0x1,0x2")
    assert deployer_environment(here)["CHAIN_STEWARDS"] == "0x1,0x2"


def test_a_key_that_was_half_written_is_made_anew(here):
    here.keys.mkdir()
    (here.keys / ".builder.draft").write_text("00")
    make_keys(here)
    assert len((here.keys / "builder").read_text().strip()) == 64

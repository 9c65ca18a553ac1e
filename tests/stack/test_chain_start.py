"""A dev chain that starts again is the same chain."""

import json
import os

from stack import chain_start


def block(number: int, timestamp: int) -> dict:
    return {"header": {"number": hex(number), "timestamp": hex(timestamp)}}


def test_of_several_first_blocks_the_oldest_is_kept(tmp_path):
    state = tmp_path / "state.json"
    blocks = [block(0, 30), block(2, 20), block(0, 10), block(0, 40), block(1, 15)]
    state.write_text(json.dumps({"blocks": blocks, "best_block_number": "0x2"}))
    chain_start.keep_the_first_beginning(state)
    kept = json.loads(state.read_text())
    assert kept["blocks"] == [block(2, 20), block(0, 10), block(1, 15)]
    assert kept["best_block_number"] == "0x2"


def test_a_state_that_is_whole_is_not_written_again(tmp_path):
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"blocks": [block(0, 10), block(1, 15)]}))
    before = state.stat().st_mtime_ns
    chain_start.keep_the_first_beginning(state)
    assert state.stat().st_mtime_ns == before


def test_a_chain_without_a_state_begins_anew(tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(os, "execv", lambda *args: told.append(args))
    chain_start.main(tmp_path / "state.json", ["/bin/chain", "--quiet"])
    assert told == [("/bin/chain", ["/bin/chain", "--quiet"])]

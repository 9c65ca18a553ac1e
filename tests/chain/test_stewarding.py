"""Stewards speak with keys from files; the house sees what they decided a moment later."""

import io
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from chain import deployed, node, outbox, reading, sending, signing, standing, stewarding, turns
from chain.domain import stewards
from chain.domain.calls import ContractCall
from chain.domain.stewards import Setting
from chain.errors import BadStewardValue, CallRefused, FeeDiffers, MarketHalted, NodeDown
from chain.models import OutboundCall
from protocol import typed_data
from stack.rpc import call as rpc
from tests.chain.conftest import STEWARD_KEYS

TREASURY = "0x" + "77" * 20
DIGEST = "ab" * 32


@pytest.fixture(autouse=True)
def _nothing_kept():
    standing.forget()


@pytest.fixture
def key_files(tmp_path):
    files = []
    for number, key in enumerate([*STEWARD_KEYS, bytes([3]) * 32]):
        file = tmp_path / f"key-{number}"
        file.write_text(key.hex() + "\n")
        files.append(file)
    return files


def steward(*words):
    said = io.StringIO()
    call_command("steward", *[str(word) for word in words], stdout=said)
    return said.getvalue()


@pytest.mark.parametrize(
    ("word", "text", "value"),
    [
        ("fee_bps", "0", bytes(32)),
        ("fee_bps", "1500", (1_500).to_bytes(32, "big")),
        ("treasury", TREASURY, bytes(12) + b"\x77" * 20),
        ("builder_key", DIGEST, bytes.fromhex(DIGEST)),
        ("builder_key", "0x" + DIGEST, bytes.fromhex(DIGEST)),
    ],
)
def test_a_typed_value_becomes_one_word(word, text, value):
    setting = stewards.setting_of(word)
    assert stewards.value_of(setting, text) == value
    assert stewards.value_of(setting, stewards.text_of(setting, value)) == value


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("fee", "12"),
        ("fee_bps", "1501"),
        ("fee_bps", "12%"),
        ("fee_bps", "-1"),
        ("treasury", "0x" + "00" * 20),
        ("treasury", "77" * 20),
        ("operator", "0x5FbDB2315678afecb367f032d93F642f64180aA3"),
        ("builder_key", "00" * 32),
        ("builder_key", "ab" * 31),
        ("builder_key", "not hex"),
    ],
)
def test_it_refuses_what_cannot_be_meant(chain, db, key_files, word, text):
    with pytest.raises(BadStewardValue):
        stewarding.propose(key_file=key_files[0], word=word, text=text)
    assert chain.handed_over == []


def test_every_setting_is_a_view_of_the_contract():
    for setting in Setting:
        assert ContractCall("Stewardship", setting.word)
        assert stewards.WORDS[setting - 1] == setting.word


def test_a_steward_signs_one_transaction_and_sees_what_stands(chain, db, key_files):
    first = typed_data.address_of(STEWARD_KEYS[0])
    said = steward("propose", "fee_bps", "900", "--key-file", key_files[0])
    assert "propose: confirmed in block" in said
    assert chain.funds[first] > 0
    assert len(chain.handed_over) == 1
    assert not OutboundCall.objects.exists()


def test_a_refusal_is_told_in_the_contract_s_words(chain, db, key_files):
    chain.refusals["propose"] = "stewardship: not a key"
    with pytest.raises(CommandError, match="stewardship: not a key"):
        steward("propose", "fee_bps", "900", "--key-file", key_files[2])
    assert chain.handed_over == []


def test_it_refuses_a_file_without_a_key(chain, db, tmp_path):
    wrong = tmp_path / "wrong"
    for content in ("", "zz", "00" * 32, "1234"):
        wrong.write_text(content)
        with pytest.raises(BadStewardValue) as refusal:
            stewarding.halt(key_file=wrong)
        assert not content or content not in str(refusal.value)
    with pytest.raises(BadStewardValue, match="cannot be read"):
        stewarding.halt(key_file=tmp_path / "nowhere")


def test_the_operator_speaks_by_the_sender_s_line_alone(chain, db, tmp_path, settings):
    file = tmp_path / "sender"
    file.write_text(settings.CHAIN_SENDER_KEY)
    with pytest.raises(BadStewardValue, match="--as-operator"):
        stewarding.halt(key_file=file)
    row = stewarding.say_as_operator("halt")
    assert (row.contract, row.function, row.state) == ("Stewardship", "halt", "queued")


def test_status_tells_what_stands_and_what_waits_for_whom(chain, db, settings):
    ready_at = int(datetime(2027, 1, 2, 3, 4, tzinfo=UTC).timestamp())
    pending = {
        1: (stewards.value_of(Setting.FEE_BPS, "900"), TREASURY, 0),
        5: (bytes.fromhex(DIGEST), TREASURY, ready_at),
    }
    chain.views["change_of"] = lambda number: pending.get(number, (bytes(32), "0x" + "00" * 20, 0))
    chain.views["is_halted"] = lambda: True
    chain.views["operator"] = lambda: signing.sender().address
    said = steward("status")
    assert [line.split()[0] for line in said.splitlines() if line[0] != " "] == [
        *stewards.WORDS,
        "halted",
        "delay",
    ]
    assert "-> 900" in said
    assert f"proposed by {TREASURY}; waits for the other key" in said
    assert f"-> {DIGEST}" in said
    assert "can be enacted from 2027-01-02 03:04:00 UTC" in said
    assert "YES" in said
    assert "2 days" in said


def test_what_the_chain_says_is_kept_for_a_moment_only(chain, monkeypatch):
    asked = []

    def is_halted():
        asked.append(1)
        return False

    chain.views["is_halted"] = is_halted
    assert [standing.is_halted(), standing.is_halted()] == [False, False]
    assert len(asked) == 1
    monkeypatch.setattr(standing, "KEPT_S", 0)
    standing.refuse_while_halted()
    assert len(asked) == 2


def test_a_halted_market_is_refused_and_a_silent_chain_only_where_it_must_be(chain):
    chain.views["is_halted"] = lambda: True
    with pytest.raises(MarketHalted):
        standing.refuse_while_halted(may_not_know=True)
    standing.forget()
    chain.is_down = True
    standing.refuse_while_halted(may_not_know=True)
    standing.refuse_another_fee(1)
    with pytest.raises(NodeDown):
        standing.refuse_while_halted()


def test_a_fee_that_the_chain_would_refuse_is_refused_before(chain):
    standing.refuse_another_fee(1_200)
    with pytest.raises(FeeDiffers) as refusal:
        standing.refuse_another_fee(900)
    assert refusal.value.facts == {"here_bps": 900, "there_bps": 1_200}


def value_of(word):
    return next(line.value for line in stewarding.look().lines if line.setting.word == word)


def later(chain_url):
    rpc(chain_url, "evm_increaseTime", 172_800)
    rpc(chain_url, "evm_mine")


@pytest.mark.worlds
def test_the_whole_ceremony_on_a_real_chain(real_chain, key_files):
    first, second, stranger = key_files
    change = ("fee_bps", "900")
    with pytest.raises(CommandError, match="stewardship: not a key"):
        steward("propose", *change, "--key-file", stranger)
    assert "waits for the other key" in steward("propose", *change, "--key-file", first)
    with pytest.raises(CommandError, match="stewardship: needs the other key"):
        steward("second", *change, "--key-file", first)
    with pytest.raises(CommandError, match="stewardship: another value"):
        steward("second", "fee_bps", "901", "--key-file", second)
    assert "can be enacted from" in steward("second", *change, "--key-file", second)
    with pytest.raises(CommandError, match="stewardship: too early"):
        steward("enact", "fee_bps", "--key-file", stranger)
    later(real_chain)
    assert "can be enacted now" in steward("status")
    said = steward("enact", "fee_bps", "--key-file", stranger)
    assert "fee_differs" in said
    assert standing.fee_bps() == 900
    assert [line.value for line in stewarding.look().lines if line.setting.word == "fee_bps"] == [
        "900"
    ]


@pytest.mark.worlds
@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("treasury", TREASURY),
        ("operator", TREASURY),
        ("licensor", TREASURY),
        ("builder_key", DIGEST),
        ("first_key", TREASURY),
        ("second_key", TREASURY),
    ],
)
def test_every_setting_changes_by_two_keys_and_the_delay(real_chain, key_files, word, text):
    first, second, _ = key_files
    # The key that is replaced has no word in its own replacement's way, so the other proposes.
    one, other = (second, first) if word == "first_key" else (first, second)
    steward("propose", word, text, "--key-file", one)
    steward("second", word, text, "--key-file", other)
    later(real_chain)
    steward("enact", word, "--key-file", second)
    assert value_of(word).lower() == text


@pytest.mark.worlds
def test_a_change_is_withdrawn_and_the_market_halts_and_resumes(real_chain, key_files):
    first, second, stranger = key_files
    steward("propose", "treasury", TREASURY, "--key-file", first)
    assert "->" not in steward("withdraw", "treasury", "--key-file", second)
    with pytest.raises(CommandError, match="stewardship: not a key"):
        steward("halt", "--key-file", stranger)
    assert "YES" in steward("halt", "--key-file", second)
    with pytest.raises(MarketHalted):
        standing.refuse_while_halted()
    assert "halted       no" in steward("resume", "--key-file", first)
    standing.refuse_while_halted()


@pytest.mark.worlds
def test_the_operator_halts_and_drops_the_builder_key_but_cannot_resume(real_chain, key_files):
    rows = [stewarding.say_as_operator(name) for name in ("halt", "drop_builder_key", "resume")]
    with turns.take("sending") as turn:
        sending.run(turn=turn)
    for row in rows:
        row.refresh_from_db()
    assert [row.state for row in rows] == ["confirmed", "confirmed", "failed"]
    assert rows[2].reason == "stewardship: not a key"
    assert standing.is_halted()
    assert standing.builder_key() == bytes(32)


@pytest.mark.worlds
def test_no_exit_is_stopped_while_the_market_is_halted(real_chain, key_files):
    steward("halt", "--key-file", key_files[0])
    sender, token = signing.sender().address, reading.address_of("TestStablecoin")
    exits = [
        ContractCall("ConsentRegistry", "tombstone", ([b"\x07" * 32],)),
        ContractCall("ReleaseMarket", "claim", (sender, TREASURY, [], 0, b"")),
        ContractCall("ReleaseMarket", "withdraw_fees", (token,)),
    ]
    rows = [outbox.submit(call=call, reference=f"exit.{call.function}") for call in exits]
    with turns.take("sending") as turn:
        sending.run(turn=turn)
    for row in rows:
        row.refresh_from_db()
    assert {row.function: row.state for row in rows} == dict.fromkeys(
        ("tombstone", "claim", "withdraw_fees"), "confirmed"
    )


@pytest.mark.worlds
def test_what_was_deployed_is_what_the_settings_said(real_chain, settings):
    facts, operator = deployed.read(), signing.sender().address
    said = {line.setting.word: line.value for line in stewarding.look().lines}
    assert said == {
        "fee_bps": str(settings.FEE_BPS),
        "treasury": operator,
        "operator": operator,
        "licensor": operator,
        "builder_key": "none",
        "first_key": settings.CHAIN_STEWARDS[0],
        "second_key": settings.CHAIN_STEWARDS[1],
    }
    (genesis,) = node.connect().blocks([0])
    assert genesis is not None
    assert facts["genesis_hash"] == genesis.hash
    for contract in ("ReleaseMarket", "CampaignEscrow", "DeveloperLicence"):
        assert node.connect().has_code(reading.address_of(contract))
    with pytest.raises(CallRefused):
        reading.view(ContractCall("Stewardship", "enact", (1,)))

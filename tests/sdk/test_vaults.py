"""Another passphrase, the recovery words and a stronger lock: nothing is sent that opens it."""

import base64
import secrets

import pytest

from odometer import cli
from odometer.driver import Driver
from odometer.errors import Conflict, NotAllowed, Untrusted
from protocol import envelope, recovery, vault
from protocol.errors import ProtocolError
from tests.protocol import vectors
from tests.sdk.wire import URL, session

OLD, NEW = "six words that nobody else knows", "quite another passphrase"
ID = "5f0c6f0a-3f5b-4c0e-9a55-0e5d0b7c8a11"
TAG = {"ETag": '"seen"'}
GONE = ConnectionResetError("the answer was lost")


@pytest.fixture(scope="module")
def made():
    return vault.create(OLD)


@pytest.fixture(scope="module")
def words(made):
    return vault.words_of(made.seed)


def _me(made):
    return 200, {"id": "d-1", "handle": "driver", "public_key": _key(made).hex()}


def _key(made):
    return vault.box_public_key(made.seed)


def _challenge(made):
    challenge = secrets.token_bytes(32)
    sealed = base64.b64encode(recovery.seal_challenge(challenge, _key(made))).decode()
    return challenge, (201, {"id": ID, "challenge": sealed})


def test_a_new_passphrase_is_sealed_here_and_names_what_it_replaces(made):
    caller, wire = session(
        (200, {"handle": "driver"}), (200, {"vault": made.vault}, TAG), (200, {})
    )
    Driver(caller, made.seed, "d-1", None).change_passphrase(NEW)
    (sent,) = wire.bodies
    opened = vault.prove(NEW, sent["vault"]["kdf"])
    assert vault.open_vault(sent["vault"], opened.seal_key) == made.seed
    assert sent["sign_in_proof"] == opened.sign_in_proof.hex()
    assert wire.asked[-1].headers["If-Match"] == TAG["ETag"]
    assert NEW.encode() not in wire.content(2)


def test_a_stale_program_cannot_overwrite(made):
    caller, _ = session(
        (200, {"handle": "driver"}),
        (200, {"vault": made.vault}, TAG),
        (412, {"code": "precondition_failed"}),
        (401, {"code": "sign_in_refused"}),
    )
    with pytest.raises(Conflict, match="precondition_failed"):
        Driver(caller, made.seed, "d-1", None).change_passphrase(NEW)


def test_a_lost_answer_to_a_change_is_found_to_be_made(made, monkeypatch):
    new = vault.create(NEW, made.seed)
    monkeypatch.setattr(vault, "create", lambda *_of: new)
    caller, wire = session(
        (200, {"handle": "driver"}),
        (200, {"vault": made.vault}, TAG),
        (401, {"code": "not_authenticated"}),
        (201, {}),
        (200, {"vault": new.vault}, TAG),
    )
    Driver(caller, made.seed, "d-1", None).change_passphrase(NEW)
    assert wire.bodies[1]["sign_in_proof"] == new.sign_in_proof.hex()


def test_the_words_bring_a_driver_back_without_being_sent(made, words):
    challenge, begun = _challenge(made)
    caller, wire = session(begun, (200, {}), _me(made))
    driver = Driver.recover(caller, " Driver", [word[:4] for word in words], NEW)
    asked, sent = wire.bodies
    said = recovery.Answer(URL, "driver", ID, sent["vault"], sent["sign_in_proof"])
    assert (driver.id, driver.recovery_words, asked) == ("d-1", words, {"handle": "driver"})
    assert recovery.fits(bytes.fromhex(sent["proof"]), challenge, said)
    for secret in (made.seed.hex(), challenge.hex(), words[0] + " ", NEW):
        assert secret.encode() not in wire.content(1)


@pytest.mark.parametrize("case", vectors.read("recovery")["refused"], ids=lambda one: one["name"])
def test_it_answers_nothing_but_challenges(case):
    seed = bytes.fromhex(vectors.read("recovery")["seed"])
    sealed = base64.b64encode(bytes.fromhex(case["sealed"])).decode()
    caller, wire = session((201, {"id": ID, "challenge": sealed}))
    with pytest.raises(ProtocolError) as refusal:
        Driver.recover(caller, "driver", vault.words_of(seed), NEW)
    assert refusal.value.code == case["code"]
    assert len(wire.asked) == 1


def test_a_wrapped_data_key_sent_as_a_challenge_is_refused(made, words):
    context = envelope.Context("upload", ID, ID, ID)
    wrapped = envelope.wrap_key(secrets.token_bytes(32), _key(made), context)
    begun = (201, {"id": ID, "challenge": base64.b64encode(wrapped).decode()})
    caller, wire = session(begun)
    with pytest.raises(ProtocolError, match="something else than a challenge"):
        Driver.recover(caller, "driver", words, NEW)
    assert len(wire.asked) == 1


def test_a_refused_recovery_is_a_refusal(made, words):
    refused = (401, {"code": "recovery_refused"})
    caller, _ = session(_challenge(made)[1], refused, (401, {"code": "sign_in_refused"}))
    with pytest.raises(NotAllowed, match="recovery_refused"):
        Driver.recover(caller, "driver", words, NEW)


def test_a_server_that_shows_another_key_is_not_believed(made, words):
    me = (200, {"id": "d-1", "public_key": "00" * 32})
    caller, _ = session(_challenge(made)[1], (200, {}), me)
    with pytest.raises(Untrusted, match="another public key"):
        Driver.recover(caller, "driver", words, NEW)


def test_an_old_lock_is_made_stronger_at_the_next_sign_in(made, monkeypatch):
    monkeypatch.setattr(vault, "NOW_OPS", vault.NOW_OPS + 1)
    caller, wire = session(
        (200, {"kdf": made.vault["kdf"]}),
        (201, {}),
        (200, {"vault": made.vault}, TAG),
        (200, {}),
        (200, {"id": "d-1"}),
    )
    Driver.sign_in(caller, "driver", OLD)
    sent = wire.bodies[1]
    assert (sent["vault"]["kdf"]["ops"], sent["is_same_passphrase"]) == (vault.NOW_OPS, True)
    opened = vault.prove(OLD, sent["vault"]["kdf"])
    assert vault.open_vault(sent["vault"], opened.seal_key) == made.seed


def test_a_lock_that_could_not_be_made_stronger_still_opens(made, monkeypatch):
    monkeypatch.setattr(vault, "NOW_OPS", vault.NOW_OPS + 1)
    caller, _ = session(
        (200, {"kdf": made.vault["kdf"]}),
        (201, {}),
        (200, {"vault": made.vault}, TAG),
        (412, {"code": "precondition_failed"}),
        (200, {"id": "d-1"}),
    )
    assert Driver.sign_in(caller, "driver", OLD).id == "d-1"


def test_signing_out_everywhere_is_one_request():
    caller, wire = session((204, b""))
    Driver(caller, bytes(32), "d-1", None).sign_out_everywhere()
    assert (wire.asked[0].method, wire.asked[0].path_url) == ("DELETE", "/api/v1/sessions")


def _file(directory, name, text):
    file = directory / name
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_the_command_takes_secrets_from_files(made, words, tmp_path, monkeypatch, capsys):
    asked = []

    def recover(*of):
        asked.append(of)
        return SignedIn()

    monkeypatch.setattr(Driver, "recover", recover)
    sheet = "\n".join(f"{n:2} {word}" for n, word in enumerate(words, 1))
    words_file, new_file = _file(tmp_path, "words", sheet), _file(tmp_path, "new", NEW + "\n")
    told = ["--handle", "driver", "--words-file", words_file, "--new-passphrase-file", new_file]
    assert cli.main(["vault", "recover", "--url", URL, *told]) == cli.DONE
    assert asked == [(URL, "driver", words, NEW)]
    assert NEW not in capsys.readouterr().out


class SignedIn:
    id = "d-1"


def test_the_command_names_wrong_words_by_their_number(words, tmp_path, capsys):
    words_file = _file(tmp_path, "words", " ".join(["motorway", *words[1:]]))
    new_file = _file(tmp_path, "new", NEW)
    told = ["--handle", "driver", "--words-file", words_file, "--new-passphrase-file", new_file]
    assert cli.main(["vault", "recover", "--url", URL, *told]) == cli.REFUSED
    assert "not on the list of words: 1" in capsys.readouterr().err


def test_the_command_refuses_a_short_passphrase_before_asking(tmp_path, capsys):
    old, new = _file(tmp_path, "old", OLD), _file(tmp_path, "new", "short")
    told = ["--handle", "driver", "--passphrase-file", old, "--new-passphrase-file", new]
    assert cli.main(["vault", "change-passphrase", "--url", URL, *told]) == cli.REFUSED
    assert "12 characters" in capsys.readouterr().err

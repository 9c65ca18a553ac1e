"""Enrolling and signing in: keys are made here, the server gets what it cannot open."""

import pytest

from odometer.driver import Driver
from odometer.errors import Conflict
from protocol import vault
from protocol.errors import ProtocolError
from tests.sdk.wire import session

PASSPHRASE = "six words that nobody else knows"


@pytest.fixture(scope="module")
def made():
    return vault.create(PASSPHRASE)


def _sign_in_answers(made):
    return [
        (200, {"kdf": made.vault["kdf"]}),
        (201, {"object": "session"}),
        (200, {"vault": made.vault}),
        (200, {"id": "d-1"}),
    ]


def test_the_server_never_sees_seed_or_passphrase():
    caller, wire = session((201, {"id": "d-1"}))
    driver = Driver.enrol(caller, "driver", PASSPHRASE)
    sent = wire.content(0)
    assert driver.id == "d-1"
    assert driver._seed.hex().encode() not in sent
    assert PASSPHRASE.encode() not in sent
    assert vault.seed_of(driver.recovery_words) == driver._seed


def test_a_lost_answer_to_the_enrolment_ends_in_the_same_account(made):
    caller, _ = session((409, {"code": "handle_taken"}), *_sign_in_answers(made))
    driver = Driver.enrol(caller, "driver", PASSPHRASE)
    assert driver._seed == made.seed


def test_a_handle_of_somebody_else_is_taken(made):
    refused = (401, {"code": "sign_in_refused"})
    caller, _ = session((409, {"code": "handle_taken"}), (200, {"kdf": made.vault["kdf"]}), refused)
    with pytest.raises(Conflict, match="handle_taken"):
        Driver.enrol(caller, "driver", "another passphrase altogether")


def test_signing_in_opens_the_vault_here(made):
    caller, wire = session(*_sign_in_answers(made))
    driver = Driver.sign_in(caller, "driver", PASSPHRASE)
    assert driver._seed == made.seed
    assert wire.bodies[0]["sign_in_proof"] == made.sign_in_proof.hex()


def test_it_sends_no_proof_when_the_server_asks_for_a_cheaper_lock(made):
    weak = {**made.vault["kdf"], "ops": 1}
    caller, wire = session((200, {"kdf": weak}))
    with pytest.raises(ProtocolError, match="at least"):
        Driver.sign_in(caller, "driver", PASSPHRASE)
    assert len(wire.asked) == 1

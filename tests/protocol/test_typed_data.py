import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_keys.datatypes import PrivateKey

from protocol import typed_data
from protocol.errors import ProtocolError
from tests.protocol import vectors

VECTORS = vectors.read("typed_data")
KEY = bytes.fromhex(VECTORS["private_key"])
MESSAGES = VECTORS["messages"]
GRANT = MESSAGES[0]["typed"]


@pytest.mark.parametrize("case", MESSAGES, ids=lambda case: case["typed"]["primaryType"])
def test_a_message_has_digest_and_signature_of_the_vectors(case):
    assert typed_data.digest(case["typed"]).hex() == case["digest"]
    assert typed_data.sign(KEY, case["typed"]) == case["signature"]
    assert typed_data.recover(case["typed"], case["signature"]) == VECTORS["address"]


@pytest.mark.parametrize("case", MESSAGES, ids=lambda case: case["typed"]["primaryType"])
def test_a_wallet_that_knows_only_the_standard_signs_the_same(case):
    signed = Account.sign_message(encode_typed_data(full_message=case["typed"]), KEY)

    assert "0x" + bytes(signed.signature).hex() == case["signature"]


@pytest.mark.parametrize("case", MESSAGES, ids=lambda case: case["typed"]["primaryType"])
def test_the_short_form_holds_the_same_signature(case):
    r, vs = typed_data.compact(case["signature"])
    v = 27 + (vs[0] >> 7)

    assert [r.hex(), vs.hex()] == case["compact"]
    whole = r + bytes([vs[0] & 0x7F]) + vs[1:] + bytes([v])
    assert "0x" + whole.hex() == case["signature"]


def test_the_short_form_has_no_room_for_high_s():
    with pytest.raises(ProtocolError) as refusal:
        typed_data.compact(VECTORS["high_s"])

    assert refusal.value.code == "high_s"


def test_it_refuses_the_high_s_form():
    with pytest.raises(ProtocolError) as refusal:
        typed_data.recover(GRANT, VECTORS["high_s"])

    assert refusal.value.code == "high_s"


def spoiled(place: int, byte: int) -> str:
    raw = bytearray.fromhex(MESSAGES[0]["signature"][2:])
    raw[place] = byte
    return "0x" + raw.hex()


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "0x",
        "0xzz",
        MESSAGES[0]["signature"][:-2],
        MESSAGES[0]["signature"] + "00",
        " ".join(MESSAGES[0]["signature"]),
        spoiled(64, 0),
        spoiled(64, 29),
        "0x" + "00" * 64 + "1b",
        "0x" + "ff" * 32 + "01" * 32 + "1b",
    ],
)
def test_it_refuses_a_malformed_signature(signature):
    with pytest.raises(ProtocolError) as refusal:
        typed_data.recover(GRANT, signature)

    assert refusal.value.code == "bad_signature"


def test_a_signature_for_another_chain_or_contract_names_somebody_else():
    signature = MESSAGES[0]["signature"]
    elsewhere = {**GRANT, "domain": {**GRANT["domain"], "chainId": 1}}

    assert typed_data.recover(elsewhere, signature) != VECTORS["address"]


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"dataset": b"short"}, "32 bytes"),
        ({"driver": "0x12"}, "not an address"),
        ({"driver": "0xABababababababababababababababababababab"}, "checksum"),
    ],
    ids=str,
)
def test_it_refuses_values_that_do_not_fit_their_type(change, part):
    domain = typed_data.consent_domain(1, VECTORS["address"])
    facts = {"driver": VECTORS["address"], "dataset": bytes(32), "nonce": 0, **change}

    with pytest.raises(ProtocolError, match=part) as refusal:
        typed_data.revoke(domain, **facts)

    assert refusal.value.code == "bad_typed_data"


def test_it_refuses_to_hash_a_number_out_of_range():
    domain = typed_data.consent_domain(1, VECTORS["address"])
    typed = typed_data.revoke(domain, driver=VECTORS["address"], dataset=bytes(32), nonce=2**64)

    with pytest.raises(ProtocolError) as refusal:
        typed_data.digest(typed)

    assert refusal.value.code == "bad_typed_data"


def test_signing_runs_on_the_fast_library():
    assert type(PrivateKey(KEY).backend).__name__ == "CoinCurveECCBackend"

"""Handing a file in: sealed here, for the builder the chain names, and resumed after a loss."""

import base64

import pytest
import requests
from nacl.public import PrivateKey

from odometer import uploading
from odometer.errors import Unavailable, Untrusted
from protocol import envelope, parts
from protocol.cid import cid_of, leaves_of
from protocol.errors import ProtocolError
from protocol.hashing import sha256
from tests.sdk.wire import session
from tests.sdk.world import SaidChain

BUILDER = PrivateKey.generate()
DRIVER = PrivateKey.generate()
ACCOUNT = "a0000000-0000-4000-8000-000000000001"
VEHICLE = "b0000000-0000-4000-8000-000000000001"


def _send(caller, content):
    return uploading.send(
        caller,
        content,
        ACCOUNT,
        vehicle_id=VEHICLE,
        builder=uploading.Builder("b-1", bytes(BUILDER.public_key)),
        own_public_key=bytes(DRIVER.public_key),
    )


def _offset(number):
    return (204, b"", {"Upload-Offset": str(number)})


def test_builder_and_driver_can_open_what_was_handed_in_and_nobody_else():
    content = b"plug-in;energy\n" * 100
    size = envelope.sealed_size(len(content))
    caller, wire = session((201, {"id": "u", "state": "receiving"}), _offset(size))
    upload = _send(caller, content)
    told, sealed = wire.bodies[0], wire.content(1)
    context = envelope.Context("upload", ACCOUNT, VEHICLE, told["id"])
    for name, key in (("builder", BUILDER), ("driver", DRIVER)):
        wrapped = base64.b64decode(told["wrapped_keys"][name])
        data_key = envelope.unwrap_key(wrapped, bytes(key), context)
        assert envelope.open_bytes(sealed, data_key, context) == content
    assert told["sha256"] == sha256(sealed).hex()
    assert upload.expected_cid == cid_of([sealed])
    assert b"energy" not in sealed


def test_it_goes_on_where_the_server_stopped_receiving(monkeypatch):
    monkeypatch.setattr(uploading, "PART_BYTES", 64)
    size = envelope.sealed_size(150)
    caller, wire = session(
        (201, {"id": "u", "state": "receiving"}),
        _offset(64),
        (409, {"code": "offset_differs"}),
        (200, b"", {"Upload-Offset": "100"}),
        _offset(164),
        _offset(size),
    )
    _send(caller, b"x" * 150)
    offsets = [request.headers.get("Upload-Offset") for request in wire.asked]
    assert offsets == [None, "0", "64", None, "100", "164"]


def test_a_lost_connection_is_no_reason_to_start_anew():
    size = envelope.sealed_size(10)
    losses = [requests.ConnectionError("gone")] * 3
    caller, wire = session(
        (201, {"id": "u", "state": "receiving"}),
        *losses,
        (200, b"", {"Upload-Offset": "20"}),
        _offset(size),
    )
    _send(caller, b"x" * 10)
    assert wire.asked[-1].headers["Upload-Offset"] == "20"


def test_it_seals_nothing_for_a_builder_the_chain_does_not_know():
    body = {"key_id": "b-2", "public_key": bytes(DRIVER.public_key).hex()}
    caller, _ = session((200, body))
    with pytest.raises(Untrusted, match="not the one on the chain"):
        uploading.Builder.of(caller, SaidChain())


def test_it_refuses_a_pin_of_other_bytes():
    body = {"id": "u", "state": "pinned", "cid": "bafkother"}
    caller, _ = session((200, body))
    upload = uploading.Upload(caller, body, "bafkours")
    with pytest.raises(Untrusted, match="other bytes"):
        upload.wait_until_pinned(at_most_s=1)


def _upload_body(content, upload_id="u"):
    """Return what a server tells of an own upload, and its ciphertext."""
    context = envelope.Context("upload", ACCOUNT, VEHICLE, upload_id)
    data_key = envelope.new_data_key()
    sealed = envelope.seal_bytes(content, data_key, context)
    wrapped = envelope.wrap_key(data_key, bytes(DRIVER.public_key), context)
    body = {"id": upload_id, "vehicle_id": VEHICLE, "size_bytes": len(sealed)}
    return body, {"sealed": base64.b64encode(wrapped).decode()}, sealed


@pytest.mark.parametrize("kind", ["path", "file"])
def test_a_path_or_an_open_file_is_handed_in_as_its_bytes_are(tmp_path, kind):
    content = b"soc,91\n" * 20_000
    path = tmp_path / "drive.csv"
    path.write_bytes(content)
    caller, wire = session(
        (201, {"id": "u", "state": "receiving"}), _offset(envelope.sealed_size(len(content)))
    )
    with path.open("rb") as file:
        _send(caller, path if kind == "path" else file)
    told, sealed = wire.bodies[0], wire.content(1)
    context = envelope.Context("upload", ACCOUNT, VEHICLE, told["id"])
    wrapped = base64.b64decode(told["wrapped_keys"]["driver"])
    data_key = envelope.unwrap_key(wrapped, bytes(DRIVER), context)
    assert envelope.open_bytes(sealed, data_key, context) == content


def test_each_byte_is_sealed_once_however_often_it_is_sent(monkeypatch):
    monkeypatch.setattr(uploading, "PART_BYTES", 64)
    size = envelope.sealed_size(50)
    caller, wire = session(
        (201, {"id": "u", "state": "receiving"}),
        _offset(64),
        (409, {"code": "wrong_offset"}),
        (200, b"", {"Upload-Offset": "0"}),
        _offset(64),
        _offset(size),
    )
    _send(caller, b"x" * 50)
    assert wire.content(1) == wire.content(4)


def test_beyond_one_object_the_expected_cid_is_that_of_the_list_of_parts(monkeypatch):
    content = bytes(3 * 2**20)
    size = envelope.sealed_size(len(content))
    rule = parts.Rule(whole_bytes=2**20, part_bytes=2**20)
    named = parts.named
    monkeypatch.setattr(
        parts, "named", lambda leaves, sha256: named(leaves, sha256=sha256, rule=rule)
    )
    caller, wire = session((201, {"id": "u", "state": "receiving"}), _offset(size))
    upload = _send(caller, content)
    sealed = wire.content(1)
    known = named(list(leaves_of([sealed])), sha256=sha256(sealed).hex(), rule=rule)
    assert upload.expected_cid == known.cid
    assert len(known.parts) == 4


def test_a_server_without_room_is_not_asked_again_and_again():
    full = (503, {"code": "no_room", "detail": "There is no room."})
    caller, wire = session((201, {"id": "u", "state": "receiving"}), *[full] * 20)
    with pytest.raises(Unavailable) as refusal:
        _send(caller, b"x")
    assert refusal.value.code == "no_room"
    assert len(wire.asked) <= 1 + caller.patience.tries


def test_an_own_upload_is_opened_as_it_comes_and_goes_on_after_a_loss(monkeypatch):
    monkeypatch.setattr(uploading, "_PIECE_BYTES", 10_000)
    content = b"soc,91\n" * 30_000
    body, key, sealed = _upload_body(content)
    lost = (200, sealed[:70_000], {"Content-Length": str(len(sealed))})
    caller, wire = session((200, body), (200, key), lost, (206, sealed[70_000:]))
    pieces = uploading.opened(caller, "u", ACCOUNT, bytes(DRIVER))
    assert b"".join(pieces) == content
    assert wire.asked[-1].headers["Range"] == "bytes=70000-"


def test_an_own_upload_that_ends_early_is_not_taken_for_whole():
    body, key, sealed = _upload_body(b"soc,91\n" * 30_000)
    short = (200, sealed[:-1])
    caller, _ = session((200, body), (200, key), short, *[(206, b"")] * 9)
    with pytest.raises((ProtocolError, Unavailable)):
        uploading.open_own(caller, "u", ACCOUNT, bytes(DRIVER))

"""Handing a file in: sealed here, for the builder the chain names, and resumed after a loss."""

import base64

import pytest
import requests
from nacl.public import PrivateKey

from odometer import uploading
from odometer.errors import Untrusted
from protocol import envelope
from protocol.cid import cid_of
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

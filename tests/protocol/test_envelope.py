import hashlib
import secrets
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl import bindings as sodium

from protocol import envelope
from protocol.errors import ProtocolError
from protocol.vector_inputs import plaintext
from tests.protocol import vectors

VECTORS = vectors.read("envelope")
CONTEXT = envelope.Context(**VECTORS["context"])
DATA_KEY = bytes.fromhex(VECTORS["data_key"])


def pieces_of(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


@pytest.mark.parametrize("case", VECTORS["objects"], ids=lambda case: str(case["plain_bytes"]))
def test_an_object_has_the_bytes_of_the_vectors(case):
    sealed = vectors.sealed(VECTORS, case["plain_bytes"])

    assert hashlib.sha256(sealed).hexdigest() == case["sha256"]
    assert sealed.hex() == case.get("hex", sealed.hex())
    assert len(sealed) == case["sealed_bytes"] == envelope.sealed_size(case["plain_bytes"])
    assert envelope.open_bytes(sealed, DATA_KEY, CONTEXT) == plaintext(case["plain_bytes"])


@pytest.mark.parametrize("case", VECTORS["bad"], ids=lambda case: case["name"])
def test_it_refuses_a_spoiled_object_by_its_code(case):
    sealed = vectors.spoiled(vectors.sealed(VECTORS, case["plain_bytes"]), case)
    other = envelope.Context(**VECTORS["wrapped"]["other_context"])
    context = other if case.get("other_context") else CONTEXT
    data_key = bytes([DATA_KEY[0] ^ 1]) + DATA_KEY[1:] if case.get("flip_key") else DATA_KEY

    with pytest.raises(ProtocolError) as refusal:
        envelope.open_bytes(sealed, data_key, context)

    assert refusal.value.code == case["code"]


@given(st.integers(0, 150_000), st.integers(1, 70_000), st.integers(1, 70_000))
def test_what_was_sealed_opens_whatever_pieces_it_comes_in(size, sealed_in, opened_in):
    plain = plaintext(size)
    data_key = envelope.new_data_key()

    sealed = b"".join(envelope.seal(pieces_of(plain, sealed_in), data_key, CONTEXT))
    opened = b"".join(envelope.open_chunks(pieces_of(sealed, opened_in), data_key, CONTEXT))

    assert len(sealed) == envelope.sealed_size(size)
    assert opened == plain


@given(st.integers(0, 70_000), st.integers(0), st.integers(1, 255))
def test_one_changed_byte_anywhere_is_refused(size, place, mask):
    sealed = bytearray(envelope.seal_bytes(plaintext(size), DATA_KEY, CONTEXT))
    sealed[place % len(sealed)] ^= mask

    with pytest.raises(ProtocolError):
        envelope.open_bytes(bytes(sealed), DATA_KEY, CONTEXT)


@given(st.integers(0, 70_000), st.integers(0))
def test_an_object_cut_anywhere_is_refused(size, place):
    sealed = envelope.seal_bytes(plaintext(size), DATA_KEY, CONTEXT)

    with pytest.raises(ProtocolError):
        envelope.open_bytes(sealed[: place % len(sealed)], DATA_KEY, CONTEXT)


def test_it_refuses_a_chunk_with_a_tag_that_version_1_does_not_use():
    whole = vectors.sealed(VECTORS, 45)
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, whole[10:34], DATA_KEY)
    rekeyed = sodium.crypto_secretstream_xchacha20poly1305_push(
        state,
        plaintext(45),
        CONTEXT.digest + bytes(8),
        sodium.crypto_secretstream_xchacha20poly1305_TAG_REKEY,
    )

    with pytest.raises(ProtocolError) as refusal:
        envelope.open_bytes(whole[:34] + rekeyed, DATA_KEY, CONTEXT)

    assert refusal.value.code == "damaged"


def test_two_seals_of_one_plaintext_differ():
    assert envelope.seal_bytes(b"trip", DATA_KEY, CONTEXT) != envelope.seal_bytes(
        b"trip", DATA_KEY, CONTEXT
    )


def test_a_context_of_another_kind_is_refused():
    with pytest.raises(ProtocolError) as refusal:
        envelope.seal_bytes(b"", DATA_KEY, envelope.Context("photo", "", "", ""))

    assert refusal.value.code == "wrong_context"


def test_a_wrapped_key_of_the_vectors_opens():
    wrapped = VECTORS["wrapped"]

    data_key = envelope.unwrap_key(
        bytes.fromhex(wrapped["hex"]), bytes.fromhex(wrapped["private_key"]), CONTEXT
    )

    assert data_key == DATA_KEY


def test_a_wrapped_key_opens_for_its_recipient_alone():
    public_key = bytes.fromhex(VECTORS["wrapped"]["public_key"])
    private_key = bytes.fromhex(VECTORS["wrapped"]["private_key"])
    wrapped = envelope.wrap_key(DATA_KEY, public_key, CONTEXT)

    assert envelope.unwrap_key(wrapped, private_key, CONTEXT) == DATA_KEY
    with pytest.raises(ProtocolError) as refusal:
        envelope.unwrap_key(wrapped, secrets.token_bytes(32), CONTEXT)
    assert refusal.value.code == "wrong_key"


@pytest.mark.parametrize("wrapped", [b"", b"short", bytes(112)])
def test_bytes_that_are_no_wrapped_key_are_refused(wrapped):
    with pytest.raises(ProtocolError) as refusal:
        envelope.unwrap_key(wrapped, bytes.fromhex(VECTORS["wrapped"]["private_key"]), CONTEXT)

    assert refusal.value.code == "wrong_key"


def test_a_wrapped_key_of_another_object_is_refused():
    wrapped = VECTORS["wrapped"]
    other = envelope.Context(**wrapped["other_context"])

    with pytest.raises(ProtocolError) as refusal:
        envelope.unwrap_key(
            bytes.fromhex(wrapped["hex"]), bytes.fromhex(wrapped["private_key"]), other
        )

    assert refusal.value.code == "wrong_context"

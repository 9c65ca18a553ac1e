"""How fast files are sealed and opened, against libsodium alone."""

from collections import deque
from collections.abc import Callable, Mapping

from nacl import bindings as sodium

from bench.timing import paired_s
from protocol import envelope

SIZE_BYTES = 32 * 1024 * 1024
PIECE_BYTES = 1024 * 1024
CONTEXT = envelope.Context(kind="upload", account="a", subject="b", object="c")


def measure() -> Mapping[str, float]:
    """Return MB/s of ours, and the ratio of libsodium's time to ours (1 is as fast as it gets).

    As files go through the doors: a piece in, a piece out, none kept. `..._in_memory`: the whole
    joined to one piece of bytes, which costs the memory's speed on top.
    """
    key = envelope.new_data_key()
    plain = [bytes(PIECE_BYTES)] * (SIZE_BYTES // PIECE_BYTES)
    sealed = _pieces(b"".join(envelope.seal(plain, key, CONTEXT)))
    chunks = _bare_seal(plain, key)
    return {
        **_told("seal", lambda: _seal(plain, key), lambda: _bare_seal(plain, key, kept=0)),
        **_told("open", lambda: _open(sealed, key), lambda: _bare_open(chunks, key)),
        **_told(
            "seal_in_memory",
            lambda: b"".join(envelope.seal(plain, key, CONTEXT)),
            lambda: _bare_seal(plain, key, kept=0),
        ),
        **_told(
            "open_in_memory",
            lambda: b"".join(envelope.open_chunks(sealed, key, CONTEXT)),
            lambda: _bare_open(chunks, key),
        ),
    }


def _told(name: str, act: Callable[[], object], bare: Callable[[], object]) -> dict[str, float]:
    ours, theirs = paired_s(act, bare)
    return {f"{name}_mb_s": SIZE_BYTES / ours / 1e6, f"{name}_over_libsodium": theirs / ours}


def _pieces(content: bytes) -> list[bytes]:
    return [content[start : start + PIECE_BYTES] for start in range(0, len(content), PIECE_BYTES)]


def _seal(plain: list[bytes], key: bytes) -> None:
    deque(envelope.seal(plain, key, CONTEXT), maxlen=0)


def _open(sealed: list[bytes], key: bytes) -> None:
    deque(envelope.open_chunks(sealed, key, CONTEXT), maxlen=0)


def _bare_seal(plain: list[bytes], key: bytes, *, kept: int | None = None) -> deque[bytes]:
    """Push chunk after chunk with no context; return the header and what was kept of them."""
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    header = sodium.crypto_secretstream_xchacha20poly1305_init_push(state, key)
    sealed: deque[bytes] = deque([header], maxlen=kept)
    for piece in plain:
        for start in range(0, len(piece), envelope.CHUNK_BYTES):
            chunk = piece[start : start + envelope.CHUNK_BYTES]
            sealed.append(sodium.crypto_secretstream_xchacha20poly1305_push(state, chunk, None, 0))
    return sealed


def _bare_open(sealed: deque[bytes], key: bytes) -> None:
    """Pull chunk after chunk, each cut out beforehand."""
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, sealed[0], key)
    for place in range(1, len(sealed)):
        sodium.crypto_secretstream_xchacha20poly1305_pull(state, sealed[place], None)

"""How fast files are sealed and opened, against libsodium alone."""

from collections.abc import Mapping

from nacl import bindings as sodium

from bench.timing import paired_s
from protocol import envelope

SIZE_BYTES = 32 * 1024 * 1024
CONTEXT = envelope.Context(kind="upload", account="a", subject="b", object="c")


def measure() -> Mapping[str, float]:
    """Return MB/s of ours, and the ratio of libsodium's time to ours (1 is as fast as it gets)."""
    plain = bytes(SIZE_BYTES)
    key = envelope.new_data_key()
    sealed = envelope.seal_bytes(plain, key, CONTEXT)
    ours, bare = paired_s(
        lambda: envelope.seal_bytes(plain, key, CONTEXT), lambda: _bare_seal(plain, key)
    )
    opened, bare_open = paired_s(
        lambda: envelope.open_bytes(sealed, key, CONTEXT), lambda: _bare_seal(plain, key)
    )
    return {
        "seal_mb_s": SIZE_BYTES / ours / 1e6,
        "seal_over_libsodium": bare / ours,
        "open_mb_s": SIZE_BYTES / opened / 1e6,
        "open_over_libsodium": bare_open / opened,
    }


def _bare_seal(plain: bytes, key: bytes) -> int:
    """Push the same chunks through the stream with no context and nothing kept."""
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    sodium.crypto_secretstream_xchacha20poly1305_init_push(state, key)
    view = memoryview(plain)
    size = 0
    for start in range(0, len(view), envelope.CHUNK_BYTES):
        chunk = bytes(view[start : start + envelope.CHUNK_BYTES])
        size += len(sodium.crypto_secretstream_xchacha20poly1305_push(state, chunk, None, 0))
    return size

"""The one refusal of the pure protocol: a stable code, a sentence, and where in the input."""


class ProtocolError(ValueError):
    """Bytes or values that break the protocol. `code` is stable; `pointer` is where, or empty."""

    def __init__(self, code: str, detail: str, *, pointer: str = "") -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.pointer = pointer

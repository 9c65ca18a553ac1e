"""What can go wrong: refusals of the server by family, and answers not to be believed."""

from collections.abc import Mapping, Sequence
from typing import Any, Final


class OdometerError(Exception):
    """Root of everything this package raises on purpose."""


class Untrusted(OdometerError):
    """The server, or a node, said something that the chain or the bytes contradict.

    code: stable; facts: what was expected and what was found.
    """

    def __init__(self, code: str, sentence: str, **facts: object) -> None:
        super().__init__(sentence)
        self.code = code
        self.facts = facts


class Refusal(OdometerError):
    """The server said no: what happened, which number, what would pass.

    code: stable; facts: typed numbers; suggestion: a body that can be sent as it is, or None;
    fields: the parts of the body at fault; request_id: what to quote when asking for help.
    """

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.problem = dict(problem)
        self.code = str(problem.get("code", "error"))
        self.title = str(problem.get("title", ""))
        self.detail = str(problem.get("detail", ""))
        self.facts: Mapping[str, Any] = problem.get("facts") or {}
        self.fields: Sequence[Mapping[str, str]] = problem.get("fields") or ()
        self.suggestion: Mapping[str, Any] | None = problem.get("suggestion")
        self.request_id = str(problem.get("request_id", ""))
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        parts = [f"{self.detail or self.title} [{self.code}]"]
        parts += [f"{field.get('pointer')}: {field.get('detail')}" for field in self.fields]
        if self.suggestion is not None:
            parts.append(f"This would pass: {dict(self.suggestion)}")
        if self.request_id:
            parts.append(f"(request {self.request_id})")
        return " ".join(parts)


class InvalidInput(Refusal):
    """Something in what was sent must change."""


class NotAllowed(Refusal):
    """Not signed in, or not permitted."""


class NotFound(Refusal):
    """There is no such thing, or it is not the caller's."""


class Conflict(Refusal):
    """The right request at the wrong moment."""


class Unavailable(Refusal):
    """A part of the system does not answer; trying again later may help."""


class PaymentRequired(Refusal):
    """A license is needed; `quote` is the offer, as JSON."""

    @property
    def quote(self) -> Mapping[str, Any]:
        """What a license costs, with the messages to sign."""
        return dict(self.problem.get("quote") or {})


_FAMILIES: Final[Mapping[int, type[Refusal]]] = {
    401: NotAllowed,
    402: PaymentRequired,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    410: NotFound,
    412: Conflict,
    428: Conflict,
    429: Unavailable,
}
_SERVER_FAULT = 500


def refusal_of(status: int, problem: Mapping[str, Any]) -> Refusal:
    """Return the refusal that a status and a problem document mean."""
    family = _FAMILIES.get(status, Unavailable if status >= _SERVER_FAULT else InvalidInput)
    return family(status, problem)


def unreachable(url: str, cause: Exception) -> Unavailable:
    """Return the refusal for a server that gave no answer at all."""
    detail = f"{url} does not answer ({type(cause).__name__})."
    return Unavailable(0, {"code": "unreachable", "detail": detail})

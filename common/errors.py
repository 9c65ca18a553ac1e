"""Five families of refusal."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar


def noop(text: str) -> str:
    """Return the text unchanged; marks it for translation where Django may not be imported."""
    return text


class DomainError(Exception):
    """A refusal this house makes on purpose.

    `code` is stable and part of the API; `detail` is a template filled with the facts.
    `suggestion` is a body that would pass; `fields` point at the parts of a body at fault.
    Work that meets an `is_patient` refusal waits for people, however long, and is never stuck.
    Nor is work that meets an `is_away` one: another system may be down for a day and come back.
    """

    is_patient: ClassVar[bool] = False
    is_away: ClassVar[bool] = False
    code: ClassVar[str] = "error"
    title: ClassVar[str] = noop("This was refused")
    detail: ClassVar[str] = noop("This was refused.")

    def __init__(
        self,
        *,
        suggestion: Mapping[str, Any] | None = None,
        fields: Sequence[Mapping[str, str]] = (),
        **facts: Any,
    ) -> None:
        super().__init__(self.code)
        self.facts = facts
        self.suggestion = suggestion
        self.fields = list(fields)

    def __str__(self) -> str:
        return f"{self.code}: {self.detail % self.facts if self.facts else self.detail}"


class InvalidInput(DomainError):
    """422: never retried; the caller must change something."""

    code = "invalid_input"
    title = noop("Something in this request is not right")
    detail = noop("Something in this request is not right.")


class NotAllowed(DomainError):
    """403: the caller may not do this."""

    code = "not_allowed"
    title = noop("This is not allowed")
    detail = noop("You may not do this.")


class NotFound(DomainError):
    """404: there is no such thing, or it is not the caller's."""

    code = "not_found"
    title = noop("There is no such thing here")
    detail = noop("Nothing was found at this address.")


class Conflict(DomainError):
    """409: the right request at the wrong moment."""

    code = "conflict"
    title = noop("This cannot be done now")
    detail = noop("The state of things does not allow this now.")


class Unavailable(DomainError):
    """503: another system did not answer; the only family the queue retries."""

    code = "unavailable"
    title = noop("A part of the system is not answering")
    detail = noop("A part of the system is not answering. Try again in a moment.")

"""Socket: who hears which event, and who hears that a call will never succeed."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TypeVar

from chain.domain.calls import EventRecord

EventHandler = Callable[[EventRecord], None]
EventsHandler = Callable[[Sequence[EventRecord]], None]
ForgetHandler = Callable[[int], None]
FailureHandler = Callable[[str, str], None]
Handler = TypeVar("Handler")

_on_event: dict[tuple[str, str], list[EventHandler]] = {}
_on_events: dict[tuple[str, str], list[EventsHandler]] = {}
_on_undone: dict[tuple[str, str], list[EventHandler]] = {}
_on_forget: list[ForgetHandler] = []
_on_failure: dict[str, list[FailureHandler]] = {}


def on_event(contract: str, name: str) -> Callable[[EventHandler], EventHandler]:
    """Plug in a handler of an event.

    It runs inside the indexer's transaction and must bear to hear an event again.
    """
    return _plug(_on_event.setdefault((contract, name), []))


def on_events(contract: str, name: str) -> Callable[[EventsHandler], EventsHandler]:
    """Plug in a handler of many events of one kind, in the chain's order, as `on_event` does.

    It hears those that follow each other with no other kind between them.
    """
    return _plug(_on_events.setdefault((contract, name), []))


def on_undone(contract: str, name: str) -> Callable[[EventHandler], EventHandler]:
    """Plug in a handler that takes an event back when its block left the chain.

    Newest first, inside the transaction of the rewind. Only a reorganisation deeper than the
    confirmations we wait for gets here.
    """
    return _plug(_on_undone.setdefault((contract, name), []))


def on_forget(handler: ForgetHandler) -> ForgetHandler:
    """Plug in a handler(block) that drops all that was written down of blocks above this one.

    It runs in a rewind, after those of `on_undone`, and before the whole chain is read again.
    """
    return _plug(_on_forget)(handler)


def on_failure(prefix: str) -> Callable[[FailureHandler], FailureHandler]:
    """Plug in a handler(reference, reason) for calls that failed for good, by their prefix."""

    def plug(handler: FailureHandler) -> FailureHandler:
        handlers = _on_failure.setdefault(prefix, [])
        if handler not in handlers:
            handlers.append(handler)
        return handler

    return plug


def dispatch_all(records: Sequence[EventRecord]) -> None:
    """Tell everybody who listens, event after event in the chain's order."""
    for kind, alike in groupby(records, key=lambda record: (record.contract, record.name)):
        together = list(alike)
        for tell_all in _on_events.get(kind, ()):
            tell_all(together)
        for tell in _on_event.get(kind, ()):
            for record in together:
                tell(record)


def dispatch_undone(record: EventRecord) -> None:
    """Tell everybody who listens that this event is not on the chain any more."""
    for handler in _on_undone.get((record.contract, record.name), ()):
        handler(record)


def dispatch_forget(block: int) -> None:
    """Tell everybody who wrote down what the chain said to drop what came after this block."""
    for handler in _on_forget:
        handler(block)


def dispatch_failure(reference: str, reason: str) -> None:
    """Tell everybody whose prefix fits that this call will never succeed."""
    for prefix, handlers in _on_failure.items():
        if reference.startswith(prefix):
            for handler in handlers:
                handler(reference, reason)


def _plug(handlers: list[Handler]) -> Callable[[Handler], Handler]:
    def plug(handler: Handler) -> Handler:
        if handler not in handlers:
            handlers.append(handler)
        return handler

    return plug

"""Socket: who hears which event, and who hears that a call will never succeed."""

from collections.abc import Callable

from chain.domain.calls import EventRecord

EventHandler = Callable[[EventRecord], None]
FailureHandler = Callable[[str, str], None]

_on_event: dict[tuple[str, str], list[EventHandler]] = {}
_on_undone: dict[tuple[str, str], list[EventHandler]] = {}
_on_failure: dict[str, list[FailureHandler]] = {}


def on_event(contract: str, name: str) -> Callable[[EventHandler], EventHandler]:
    """Plug in a handler of an event.

    It runs inside the indexer's transaction and must bear to hear an event again.
    """
    return _plug(_on_event.setdefault((contract, name), []))


def on_undone(contract: str, name: str) -> Callable[[EventHandler], EventHandler]:
    """Plug in a handler that takes an event back when its block left the chain.

    Newest first, inside the transaction of the rewind. Only a reorganisation deeper than the
    confirmations we wait for gets here.
    """
    return _plug(_on_undone.setdefault((contract, name), []))


def on_failure(prefix: str) -> Callable[[FailureHandler], FailureHandler]:
    """Plug in a handler(reference, reason) for calls that failed for good, by their prefix."""

    def plug(handler: FailureHandler) -> FailureHandler:
        handlers = _on_failure.setdefault(prefix, [])
        if handler not in handlers:
            handlers.append(handler)
        return handler

    return plug


def dispatch(record: EventRecord) -> None:
    """Tell everybody who listens to this event."""
    for handler in _on_event.get((record.contract, record.name), ()):
        handler(record)


def dispatch_undone(record: EventRecord) -> None:
    """Tell everybody who listens that this event is not on the chain any more."""
    for handler in _on_undone.get((record.contract, record.name), ()):
        handler(record)


def dispatch_failure(reference: str, reason: str) -> None:
    """Tell everybody whose prefix fits that this call will never succeed."""
    for prefix, handlers in _on_failure.items():
        if reference.startswith(prefix):
            for handler in handlers:
                handler(reference, reason)


def _plug(handlers: list[EventHandler]) -> Callable[[EventHandler], EventHandler]:
    def plug(handler: EventHandler) -> EventHandler:
        if handler not in handlers:
            handlers.append(handler)
        return handler

    return plug

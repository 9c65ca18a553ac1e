"""Wake-ups are caught instead of sent."""

import pytest

from work import waking


@pytest.fixture
def woken(monkeypatch):
    """The wake-ups that would have been sent: task, reference, queue."""
    calls: list[tuple[str, str, str]] = []
    monkeypatch.setattr(
        waking, "wake", lambda row, **_: calls.append((row.task, row.reference, row.queue))
    )
    return calls

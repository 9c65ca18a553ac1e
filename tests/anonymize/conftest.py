"""The market runs, unless a test halts it."""

import pytest

from chain import standing


@pytest.fixture(autouse=True)
def _market_runs(monkeypatch):
    monkeypatch.setattr(standing, "is_halted", lambda: False)


@pytest.fixture
def halted(monkeypatch, _market_runs):
    monkeypatch.setattr(standing, "is_halted", lambda: True)

"""A worker that is up and hears nothing is ended; one that works or hears is left alone."""

import os
import time

import pytest

from config import watching


def test_a_worker_that_hears_nothing_is_deaf():
    assert watching.is_deaf(heard_at=0, now=watching.QUIET_S + 1, is_busy=False)


def test_a_busy_worker_is_not_deaf_however_long_its_task():
    assert not watching.is_deaf(heard_at=0, now=10_000, is_busy=True)


def test_a_worker_that_heard_lately_is_not_deaf():
    assert not watching.is_deaf(heard_at=0, now=watching.QUIET_S - 1, is_busy=False)


def test_a_deaf_worker_ends_with_a_code_that_its_supervisor_sees(monkeypatch):
    class Ended(Exception):
        pass

    def end(code):
        raise Ended(code)

    monkeypatch.setattr(os, "_exit", end)
    monkeypatch.setattr(time, "sleep", lambda _s: None)
    monkeypatch.setattr(watching._ear, "heard_at", time.monotonic() - watching.QUIET_S - 1)
    with pytest.raises(Ended) as ended:
        watching._watch()
    assert ended.value.args == (watching.EXIT_CODE,)

from __future__ import annotations

import asyncio
import threading

import pytest

from clients import _loop
from clients.errors import DeadlineError


async def thread_name() -> str:
    return threading.current_thread().name


def test_all_callers_share_one_thread() -> None:
    assert {_loop.run(thread_name(), 30) for _ in range(3)} == {"clients-loop"}
    assert sum(t.name == "clients-loop" for t in threading.enumerate()) == 1


def test_results_and_errors_come_back() -> None:
    async def fail() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        _loop.run(fail(), 30)


def test_a_deadline_cancels_and_says_what_was_waited_for() -> None:
    cancelled = threading.Event()

    async def hang() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    with pytest.raises(DeadlineError, match=r"no sign of the region after 0\.05 s"):
        _loop.run(hang(), 0.05, "the region")
    assert cancelled.wait(30)


def test_the_coroutines_own_timeout_is_not_mistaken_for_the_deadline() -> None:
    async def timed_out() -> None:
        raise TimeoutError("inner")

    with pytest.raises(TimeoutError, match="inner"):
        _loop.run(timed_out(), 30)


def test_waiting_for_oneself_is_refused() -> None:
    async def inner() -> None:
        _loop.run(thread_name(), 30)

    with pytest.raises(RuntimeError, match="would have to wait for"):
        _loop.run(inner(), 30)

"""One event loop in one background thread, for all clients of the process.

Providers are called from many threads and know no asyncio; the libraries for MAAS and Juju know little else. One loop for
all of them means that a session, a connection or a watcher can be shared, whoever asks.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from .errors import DeadlineError

T = TypeVar("T")

_lock = threading.Lock()
_running: asyncio.AbstractEventLoop | None = None


def loop() -> asyncio.AbstractEventLoop:
    """The background loop, started when it is first asked for; its thread doesn't keep the process alive."""
    global _running  # noqa: PLW0603 - one loop a process is the point
    with _lock:
        if _running is None or _running.is_closed():
            _running = asyncio.new_event_loop()
            threading.Thread(target=_running.run_forever, name="clients-loop", daemon=True).start()
        return _running


def run(coro: Coroutine[Any, Any, T], timeout: float, what: str = "an answer") -> T:
    """Runs `coro` on the background loop and returns its result.

    Args:
        coro: what to run.
        timeout: seconds until it is cancelled.
        what: what is waited for, for the message.

    Raises:
        DeadlineError: when `timeout` has passed.
        RuntimeError: when called on the background loop itself, which would wait for itself.
    """
    background = loop()
    if _on(background):
        coro.close()
        raise RuntimeError("clients._loop.run was called on the loop that it would have to wait for")
    future = asyncio.run_coroutine_threadsafe(coro, background)
    try:
        return future.result(timeout)
    except concurrent.futures.TimeoutError:
        # the coroutine's own time-out arrives as the same class, with the future done
        if future.done() and not future.cancelled():
            raise
        future.cancel()
        raise DeadlineError(f"no sign of {what} after {timeout:g} s") from None
    except BaseException:
        future.cancel()
        raise


def _on(background: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is background
    except RuntimeError:
        return False

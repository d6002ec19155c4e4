"""Keeps a clock going on an event loop: one task that sleeps until the next timer is due."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from .clock import Clock

_log = logging.getLogger(__name__)


class Clockwork:
    """Runs due timers on the loop's thread.

    Args:
        clock: the clock to keep going.
        ran: called after timers ran, so that what they changed is saved.
    """

    def __init__(self, clock: Clock, ran: Callable[[], None]) -> None:
        self.errors: list[Exception] = []
        self._clock = clock
        self._ran = ran
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to run timers."""
        self._clock.on_wake(self._woken.set)
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Ends; timers that are due later stay set."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            if self._run_due():
                self._ran()
                await asyncio.sleep(0)  # lets requests in when timers set timers without end
                continue
            try:
                async with asyncio.timeout(self._clock.until_next()):  # wait_for may swallow the cancellation of `stop`
                    await self._woken.wait()
            except TimeoutError:
                continue

    def _run_due(self) -> int:
        try:
            return self._clock.run_due()
        except Exception as exc:  # one broken timer must not stop the rack; tests look at `errors`
            _log.exception("a timer failed")
            self.errors.append(exc)
            return 1

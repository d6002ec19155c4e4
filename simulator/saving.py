"""When the state is written: at once where that is cheap, else half a second after the change at the latest."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

CHEAP = 0.005
"""Seconds that a write may take to be done before the answer to the request that caused it."""
LATEST = 0.4


class Saver:
    """Calls `save` after changes.

    Args:
        save: writes the whole state.
    """

    def __init__(self, save: Callable[[], None]) -> None:
        self._write = save
        self._cost = 0.0
        self._dirty = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to write marked changes."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Ends; the caller saves once more."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def mark(self) -> None:
        """Something changed; it is written soon."""
        self._dirty.set()

    def save_or_mark(self) -> None:
        """Something changed that a client relies on; it is written now if that is cheap."""
        if self._cost < CHEAP:
            self.save()
        else:
            self.mark()

    def save(self) -> None:
        """Writes now."""
        began = time.monotonic()
        self._dirty.clear()
        self._write()
        self._cost = time.monotonic() - began

    async def _run(self) -> None:
        while True:
            await self._dirty.wait()
            await asyncio.sleep(LATEST)
            self.save()

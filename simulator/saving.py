"""When the state is written: at once where that costs little of the time, else half a second after the change at the latest."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

SHARE = 0.1
"""How much of the time may go into writing before the answers to the requests that cause it."""
LATEST = 0.4
"""Seconds after which a change is written, unless the state is so large that writing it takes long."""


class Saver:
    """Calls `save` after changes.

    Args:
        save: writes the whole state.
    """

    def __init__(self, save: Callable[[], None]) -> None:
        self._write = save
        self._cost = 0.0
        self._ended = 0.0
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
        """Something changed that a client relies on; it is written now unless much has been written lately."""
        if time.monotonic() - self._ended > self._cost / SHARE:
            self.save()
        else:
            self.mark()

    def save(self) -> None:
        """Writes now."""
        began = time.monotonic()
        self._dirty.clear()
        self._write()
        self._ended = time.monotonic()
        self._cost = self._ended - began

    async def _run(self) -> None:
        while True:
            await self._dirty.wait()
            await asyncio.sleep(max(LATEST, self._cost / SHARE))
            self.save()

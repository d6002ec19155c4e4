"""AllWatcher: a long poll that hands out what changed in a model since the last time.

Every entity is remembered as it was last handed out, so that a delta is sent exactly when it says something new, and several
changes in between make one.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from . import deltas
from .errors import ApiError
from .store import Store

BATCH_SECONDS = 0.05
"""How long changes are gathered; real seconds, as a controller does."""


class AllWatcher:
    """Watches one model for one connection."""

    def __init__(self, store: Store, model: str) -> None:
        self._store = store
        self._model = model
        self._sent: dict[tuple[str, str], str] = {}
        self._woken = asyncio.Event()
        self._woken.set()
        self._stopped = False
        self._first = True
        self._unwatch = store.watch(self._woken.set)

    def stop(self) -> None:
        """Ends; whoever waits is told so."""
        self._stopped = True
        self._unwatch()
        self._woken.set()

    async def next(self) -> list[list[Any]]:
        """The deltas since the last call; waits until there are some."""
        while True:
            await self._woken.wait()
            if not self._first:
                await asyncio.sleep(BATCH_SECONDS)
            self._first = False
            if self._stopped:
                raise ApiError("watcher was stopped", "stopped")
            self._woken.clear()
            if found := self._changes():
                return found

    def _changes(self) -> list[list[Any]]:
        model = self._store.find_model(self._model)
        now = {} if model is None else {(kind, key): entity for kind, key, entity in deltas.entities(self._store, model)}
        found: list[list[Any]] = []
        for identity, entity in now.items():
            text = json.dumps(entity)
            if self._sent.get(identity) != text:
                self._sent[identity] = text
                found.append([identity[0], "change", entity])
        gone = [identity for identity in self._sent if identity not in now]
        return found + [[identity[0], "remove", json.loads(self._sent.pop(identity))] for identity in gone]

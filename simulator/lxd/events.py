"""The event stream: what happens is told to everybody who listens at /1.0/events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

Event = dict[str, Any]


class Listener:
    """One subscriber: the events it has not read yet."""

    def __init__(self, types: frozenset[str], project: str | None) -> None:
        self.queue: asyncio.Queue[Event] = asyncio.Queue()
        self._types = types
        self._project = project

    def wants(self, event: Event) -> bool:
        """Whether it asked for this type, in this project; None is every project."""
        in_project = self._project is None or event["project"] in ("", self._project)
        return event["type"] in self._types and in_project


class Events:
    """Sends events on.

    Args:
        now: the time as RFC 3339.
    """

    def __init__(self, now: Callable[[], str]) -> None:
        self._now = now
        self._listeners: set[Listener] = set()

    def listen(self, types: frozenset[str], project: str | None) -> Listener:
        """Begins to collect events for a subscriber."""
        listener = Listener(types, project)
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """Ends a subscription."""
        self._listeners.discard(listener)

    def send(self, kind: str, project: str, metadata: dict[str, Any]) -> None:
        """Tells every subscriber who wants it."""
        event = {"type": kind, "timestamp": self._now(), "metadata": metadata, "location": "none", "project": project}
        for listener in self._listeners:
            if listener.wants(event):
                listener.queue.put_nowait(event)

    def lifecycle(self, action: str, source: str, project: str) -> None:
        """Tells that an object changed, as "instance-started" on "/1.0/instances/c1"."""
        self.send("lifecycle", project, {"action": action, "source": source})

"""Background operations: begun by a request, Running for their virtual time, waited on, forgotten a little later.

What an operation does is done whole when it begins, so that a daemon killed in the middle leaves nothing half-made; the time it
takes only delays its end. Operations live in memory, as the real daemon's do.
"""

from __future__ import annotations

import asyncio
import dataclasses
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from ..world import World
from .errors import LxdError, not_found
from .events import Events

KEPT = 5.0
"""Seconds of the caller's time for which a finished operation can still be asked for."""
STATUSES = {"Running": 103, "Success": 200, "Failure": 400, "Cancelled": 401}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an operation goes: `seconds` of virtual time, `progress` until then, then `metadata` or a failure with `err`."""

    seconds: float = 0.0
    progress: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None
    err: str = ""


Effect = Callable[[], Outcome | None]
Resources = Mapping[str, list[str] | None] | None
"""What an operation is about: paths by kind of object."""


@dataclasses.dataclass(kw_only=True)
class Operation:
    """One operation; `kind` is LXD's class: task, websocket or token.

    `streams` are the websockets of one that has some, `task` what serves them.
    """

    id: str
    kind: str
    description: str
    project: str
    created: str
    updated: str
    resources: Resources
    may_cancel: bool = False
    status: str = "Running"
    metadata: dict[str, Any] | None = None
    err: str = ""
    ended: asyncio.Event = dataclasses.field(default_factory=asyncio.Event)
    streams: Any = None
    task: asyncio.Task[None] | None = None

    def render(self) -> dict[str, Any]:
        """The operation as LXD shows it."""
        return {
            "id": self.id,
            "class": self.kind,
            "description": self.description,
            "created_at": self.created,
            "updated_at": self.updated,
            "status": self.status,
            "status_code": STATUSES[self.status],
            "resources": self.resources,
            "metadata": self.metadata,
            "may_cancel": self.may_cancel,
            "err": self.err,
            "location": "none",
        }


class Operations:
    """All operations that are running or not yet forgotten."""

    def __init__(self, world: World, events: Events, now: Callable[[], str]) -> None:
        self._world = world
        self._events = events
        self._now = now
        self._all: dict[str, Operation] = {}
        self._outcomes: dict[str, Outcome] = {}
        world.clock.on("lxd.operation-ends", self._end_due)
        world.clock.on("lxd.operation-forgotten", self._forget)

    def run(self, description: str, effect: Effect, *, project: str, resources: Resources = None) -> dict[str, Any]:
        """Begins a task; returns its rendering from before anything happened, as its request is answered."""
        operation = self.open("task", description, project=project, resources=resources)
        rendered = operation.render()
        self._events.send("operation", project, rendered)
        outcome = self._outcome(operation, effect)
        operation.metadata = outcome.progress
        self._outcomes[operation.id] = outcome
        if outcome.seconds:
            self._world.clock.after(outcome.seconds, "lxd.operation-ends", operation=operation.id)
        else:
            self._end_due(operation.id)
        return rendered

    def open(self, kind: str, description: str, *, project: str, resources: Resources = None, **fields: Any) -> Operation:
        """Makes an operation that somebody else will `end`."""
        now = self._now()
        operation = Operation(
            id=str(uuid.uuid4()),
            kind=kind,
            description=description,
            project=project,
            created=now,
            updated=now,
            resources=resources,
            **fields,
        )
        self._all[operation.id] = operation
        return operation

    def get(self, identifier: str) -> Operation:
        """The operation of this id; LxdError when it is unknown or forgotten."""
        try:
            return self._all[identifier]
        except KeyError:
            raise not_found("Operation not found") from None

    def all(self, project: str | None) -> list[Operation]:
        """Those of a project and of none; None is every project."""
        return [op for op in self._all.values() if project is None or op.project in ("", project)]

    async def wait(self, operation: Operation, timeout: float | None) -> None:
        """Returns when it ended, or after `timeout` real seconds (None: waits for ever)."""
        try:
            await asyncio.wait_for(operation.ended.wait(), timeout)
        except TimeoutError:
            return

    def end(self, operation: Operation, status: str, *, metadata: dict[str, Any] | None = None, err: str = "") -> None:
        """Ends it; a second end changes nothing."""
        if operation.ended.is_set():
            return
        operation.status, operation.err = status, err
        if metadata is not None or status == "Failure":
            operation.metadata = metadata
        if operation.status == "Success" and operation.metadata:
            operation.updated = self._now()
        operation.ended.set()
        self._events.send("operation", operation.project, operation.render())
        kept = KEPT * max(1.0, self._world.clock.factor)
        self._world.clock.after(kept, "lxd.operation-forgotten", operation=operation.id)

    def clear(self) -> None:
        """Forgets all of them; waiters are let go."""
        for operation in self._all.values():
            operation.ended.set()
            if operation.task:
                operation.task.cancel()
        self._all.clear()
        self._outcomes.clear()

    def _outcome(self, operation: Operation, effect: Effect) -> Outcome:
        about = [path for paths in (operation.resources or {}).values() for path in paths or []]
        name = about[0].rsplit("/", 1)[-1] if about else ""
        targets = ("lxd", f"lxd {operation.description}", f"lxd {operation.description} {name}")
        if fault := self._world.fault("lxd-operation-fails", *targets):
            return Outcome(err=str(fault.options.get("error", "injected fault lxd-operation-fails")))
        try:
            return effect() or Outcome()
        except LxdError as exc:
            return Outcome(err=str(exc))

    def _end_due(self, operation: str) -> None:
        outcome = self._outcomes.pop(operation, None)
        if outcome and operation in self._all:
            status = "Failure" if outcome.err else "Success"
            self.end(self._all[operation], status, metadata=outcome.metadata, err=outcome.err)
            self._world.changed()

    def _forget(self, operation: str) -> None:
        self._all.pop(operation, None)

"""Keeps the stored state in step with the operation: a journal record a step, a fold now and then.

Announcing a step waits until its record is durable, so nothing is done to the world that a later
command would not know of. Folding rewrites the whole checkpoint; it is paced so that it takes a
small share of the time, whatever the number of resources.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from engine import state
from engine.steps import Op, Step
from engine.store import replay
from engine.store.journal import Journal

_PENDING = {
    Op.CREATE: "creating",
    Op.CREATE_REPLACEMENT: "creating",
    Op.UPDATE: "updating",
    Op.DELETE: "deleting",
    Op.DELETE_REPLACED: "deleting",
    Op.DISCARD: "deleting",
    Op.DISCARD_REPLACED: "deleting",
    Op.READ: "reading",
    Op.READ_REPLACEMENT: "reading",
    Op.IMPORT: "importing",
    Op.IMPORT_REPLACEMENT: "importing",
}
_SHARE = 4  # a fold of one second is followed by four seconds without one
_SHORTEST = 0.15


class SnapshotSink(Protocol):
    """What an operation tells about its steps; a preview keeps nothing."""

    async def begin(self, step: Step) -> int:
        """Announces ``step``; returns the number of the operation."""

    def end(self, operation: int, step: Step, *, successful: bool) -> None:
        """Reports how ``step`` went."""

    def outputs(self, resource: state.Resource) -> None:
        """Reports outputs that were registered after the step."""

    def rebase(self, resources: list[state.Resource]) -> None:
        """Reports that a refresh has ended and left ``resources`` as the base of what follows."""


class Discard:
    """Keeps nothing."""

    async def begin(self, step: Step) -> int:
        return 0

    def end(self, operation: int, step: Step, *, successful: bool) -> None:
        pass

    def outputs(self, resource: state.Resource) -> None:
        pass

    def rebase(self, resources: list[state.Resource]) -> None:
        pass


class SnapshotManager:
    """The sink of an operation that changes the stack."""

    def __init__(
        self,
        base: replay.Record,
        resources: list[state.Resource],
        journal: Journal,
        encrypt: state.Encrypt,
        save: Callable[[replay.Record], Callable[[], None]],
    ):
        self._replay = replay.Replay(base)
        self._stored = base.get("resources") or []
        self._journal = journal
        self._encrypt = encrypt
        self._save = save
        self._operations = 0
        self._old = {id(r): (number, r) for number, r in enumerate(resources)}
        self._new: dict[int, tuple[int, state.Resource]] = {}
        self._pacer = _Pacer(self._fold)

    async def begin(self, step: Step) -> int:
        self._operations += 1
        record: replay.Record = {"kind": "begin", "op": self._operations}
        number = self._operations
        kind = _PENDING.get(step.op)
        if kind:
            record["pending"] = {"type": kind, "resource": state.to_json(step.resource, self._encrypt)}
            self._add(record)
            self._pacer.request()
            await self._journal.sync()
        return number

    def end(self, operation: int, step: Step, *, successful: bool) -> None:
        if step.op is Op.REPLACE:
            return
        if not successful:
            self._add({"kind": "failure", "op": operation})
        else:
            self._add(self._success(operation, step))
        if step.op not in (Op.SAME, Op.REFRESH):
            self._pacer.request()

    def _success(self, operation: int, step: Step) -> replay.Record:
        record: replay.Record = {"kind": "success", "op": operation}
        if step.op is Op.REFRESH:
            record["kind"] = "refreshed"
        if step.new is not None and not step.skipped_create:
            record["state"] = state.to_json(step.new, self._encrypt)
        self._point(record, step)
        if step.new is not None and not step.skipped_create:
            self._new[id(step.new)] = (operation, step.new)
        if step.op is Op.SAME and record.get("removeOld") is not None:
            self._shorten(record)
        return record

    def _shorten(self, record: replay.Record) -> None:
        """Refers to the base for what did not change."""
        if self._stored[record["removeOld"]] == record["state"]:
            record["same"] = record["removeOld"]
            del record["state"]

    def _point(self, record: replay.Record, step: Step) -> None:
        """Says what becomes of the resource as it was."""
        old = step.old
        if old is None or step.skipped_create:
            return
        if step.op in (Op.CREATE, Op.CREATE_REPLACEMENT) and not old.pending_replacement:
            self._locate(record, "delete", old)
        elif step.op in (Op.IMPORT, Op.IMPORT_REPLACEMENT):
            if step.original is not None:
                self._locate(record, "delete", step.original)
        elif step.op in _DELETES and old.pending_replacement:
            self._locate(record, "pending", old)
        else:
            self._locate(record, "remove", old)

    def _locate(self, record: replay.Record, what: str, resource: state.Resource) -> None:
        if id(resource) in self._old:
            record[f"{what}Old"] = self._old[id(resource)][0]
        else:
            record[f"{what}New"] = self._new[id(resource)][0]

    def outputs(self, resource: state.Resource) -> None:
        self._operations += 1
        record: replay.Record = {"kind": "outputs", "op": self._operations}
        record["state"] = state.to_json(resource, self._encrypt)
        self._locate(record, "remove", resource)
        self._add(record)
        self._pacer.request()

    def rebase(self, resources: list[state.Resource]) -> None:
        self._add({"kind": "rebase"})
        self._stored = self._replay.deployment()["resources"]
        self._old = {id(r): (number, r) for number, r in enumerate(resources)}
        self._new.clear()

    def _add(self, record: replay.Record) -> None:
        self._replay.add(record)
        self._journal.append(record)

    def _fold(self) -> Callable[[], None]:
        return self._save(self._replay.deployment())

    async def close(self) -> replay.Record:
        """Ends the pacing; returns the final deployment, which the caller stores."""
        await self._pacer.close()
        return self._replay.deployment()


_DELETES = (Op.DELETE, Op.DELETE_REPLACED, Op.DISCARD, Op.DISCARD_REPLACED)


class _Pacer:
    """Folds soon after it is asked to, but never for more than a share of the time."""

    def __init__(self, prepare: Callable[[], Callable[[], None]]):
        self._prepare = prepare
        self._wanted = asyncio.Event()
        self._pause = _SHORTEST
        self._task: asyncio.Task[None] | None = None
        self._fold: asyncio.Future[None] | None = None

    def request(self) -> None:
        self._wanted.set()
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        while True:
            await self._wanted.wait()
            await asyncio.sleep(self._pause)
            self._wanted.clear()
            started = time.monotonic()
            self._fold = asyncio.get_running_loop().run_in_executor(None, self._prepare())
            await asyncio.shield(self._fold)
            self._pause = max(_SHORTEST, _SHARE * (time.monotonic() - started))

    async def close(self) -> None:
        """Returns once no fold is under way: a late one would undo the last."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        if self._fold is not None:
            await self._fold

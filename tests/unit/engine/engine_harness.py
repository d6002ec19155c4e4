"""Runs deployments in one process: an in-memory cloud, the real generator, executor, journal and backend."""

from __future__ import annotations

import asyncio
import dataclasses
import pathlib
from typing import Any

from engine import values
from engine.context import Context, Previous
from engine.deployment import Deployment
from engine.diff import NO_CHANGE, Changes, Diff
from engine.errors import BailError, ProviderError
from engine.events import Events
from engine.executor import StepExecutor
from engine.hooks import Hooks
from engine.options import Options
from engine.provider import interface
from engine.provider.builtin import BuiltinProvider
from engine.provider.registry import Registry
from engine.redact import Redactor
from engine.snapshot import Discard, SnapshotManager
from engine.state import Resource, from_json
from engine.steps import Goal
from engine.steps import Outcome as Answer
from engine.store import checkpoint
from engine.store.backend import FileBackend, StackRef
from engine.store.journal import Journal

REF = StackRef("proj", "dev")
SUCCESS = Answer.SUCCESS
TYPE = "pulumi-python:dynamic/test:Thing"


class CrashError(BaseException):
    """The process is gone."""


@dataclasses.dataclass
class Cloud:
    """Objects by id, and what was done to them in order."""

    objects: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    calls: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    serials: dict[str, int] = dataclasses.field(default_factory=dict)
    failing: set[tuple[str, str]] = dataclasses.field(default_factory=set)


class CloudProvider:
    """A careful provider: creates adopt what is there, deletes tolerate absence."""

    def __init__(self, cloud: Cloud):
        self._cloud = cloud

    async def check(self, urn: str, olds: dict[str, Any], news: dict[str, Any]) -> interface.Checked:
        await asyncio.sleep(0)
        bad = [interface.CheckFailure("size", "must not be negative")] if news.get("size") == -1 else []
        return interface.Checked(news, bad)

    async def diff(self, old: Resource, new_urn: str, news: dict[str, Any], ignore: list[str]) -> Diff:
        await asyncio.sleep(0)
        changed = [k for k in news if news[k] is values.UNKNOWN or (old.outputs or {}).get(k) != news[k]]
        replaces = [k for k in changed if k in ("zone", "slot")]
        if not changed:
            return NO_CHANGE
        return Diff(changes=Changes.SOME, replace_keys=replaces, delete_before_replace="slot" in replaces)

    async def create(self, new: Resource, *, preview: bool) -> interface.Created:
        if preview:
            return interface.Created("", dict(new.inputs))
        key = f"{new.inputs['label']}@{new.inputs.get('zone')}/{new.inputs.get('slot')}"
        await self._call("create", new.inputs["label"])
        found = next((i for i, o in self._cloud.objects.items() if o["key"] == key), None)
        if found is None:
            serial = self._cloud.serials[key] = self._cloud.serials.get(key, 0) + 1
            found = f"{key}-{serial}"
        self._cloud.objects[found] = {**new.inputs, "key": key}
        await asyncio.sleep(0)
        return interface.Created(found, {**new.inputs, "address": found})

    async def update(self, old: Resource, new: Resource, ignore: list[str], *, preview: bool) -> dict[str, Any]:
        if preview:
            return dict(new.inputs)
        await self._call("update", new.inputs["label"])
        self._cloud.objects[old.id].update(new.inputs)
        await asyncio.sleep(0)
        return {**new.inputs, "address": old.id}

    async def delete(self, old: Resource) -> None:
        await self._call("delete", old.id)
        self._cloud.objects.pop(old.id, None)
        await asyncio.sleep(0)

    async def read(self, resource: Resource, id_: str, state: dict[str, Any] | None) -> interface.Read:
        await self._call("read", id_)
        found = self._cloud.objects.get(id_)
        if found is None:
            return interface.Read("", {}, None)
        inputs = {k: v for k, v in found.items() if k != "key"}
        return interface.Read(id_, {**inputs, "address": id_}, inputs)

    async def _call(self, kind: str, what: str) -> None:
        await asyncio.sleep(0)
        self._cloud.calls.append((kind, what))
        if (kind, what) in self._cloud.failing:
            raise ProviderError(f"{kind} {what} failed")

    async def close(self) -> None:
        """Has nothing to end."""


class CloudRegistry(Registry):
    """Gives every dynamic provider reference the same cloud."""

    def __init__(self, cloud: Cloud):
        super().__init__(_no_host, BuiltinProvider(lambda name: {}), preview=False)
        self._cloud = cloud

    def _load(self, package: str, config: values.PropertyMap) -> interface.Provider:
        return CloudProvider(self._cloud)


async def _no_host() -> Any:
    raise AssertionError("no process is started here")


class CrashingJournal(Journal):
    """Ends the process after a number of records."""

    crash_after = -1
    crashed: asyncio.Event

    def append(self, record: dict[str, Any]) -> None:
        super().append(record)
        self.crash_after -= 1
        if self.crash_after == 0:
            self.crashed.set()
            raise CrashError


@dataclasses.dataclass(frozen=True)
class Want:
    """One resource of a program."""

    name: str
    needs: tuple[str, ...] = ()
    size: int = 1
    zone: str = "east"
    slot: int = 1
    protect: bool = False


@dataclasses.dataclass
class Outcome:
    """What a run left behind."""

    failed: bool
    changes: dict[str, int]
    messages: list[str]


class World:
    """One stack over one cloud, across runs."""

    def __init__(self, folder: pathlib.Path):
        self.cloud = Cloud()
        self.backend = FileBackend(folder)
        self.backend.create(REF, {"type": "passphrase", "state": {"salt": "v1:x:y"}})

    def resources(self) -> list[Resource]:
        """Returns what the state holds, recovered from any journal."""
        loaded = self.backend.load(REF)
        return [from_json(r, str) for r in (loaded.deployment if loaded else {}).get("resources") or []]

    def pending(self) -> list[tuple[str, str]]:
        """Returns the pending operations of the state."""
        loaded = self.backend.load(REF)
        waiting = (loaded.deployment if loaded else {}).get("pending_operations") or []
        return [(o["resource"]["urn"], o["type"]) for o in waiting]

    def run(self, wants: list[Want], *, crash_after: int = -1, options: Options | None = None) -> Outcome:
        """Runs a program that wants these resources; a crash raises ``CrashError``."""
        return asyncio.run(self._run(wants, crash_after, options or Options(parallel=4)))

    async def _run(self, wants: list[Want], crash_after: int, options: Options) -> Outcome:
        self.backend.settle_journal(REF)
        loaded = self.backend.load(REF)
        base = loaded.deployment if loaded else checkpoint.empty(None)
        resources = [from_json(r, str) for r in base.get("resources") or []]
        journal = CrashingJournal(self.backend.journal_path(REF), base, self.backend.digest(REF))
        journal.crash_after, journal.crashed = crash_after, asyncio.Event()

        def save(deployment: dict[str, Any]) -> Any:
            text = checkpoint.write(REF.full_name, deployment)

            def put() -> None:
                journal.note_fold_of(text)
                self.backend.replace(REF, text, backup=True)

            return put

        manager = Discard() if options.dry_run else SnapshotManager(base, resources, journal, str, save)
        messages: list[str] = []
        events = Events(Redactor([]), preview=options.dry_run)
        events.subscribe(lambda e: messages.append(getattr(e, "message", "")))
        work = asyncio.ensure_future(self._deploy(wants, resources, options, events, manager))
        crashed = asyncio.ensure_future(journal.crashed.wait())
        await asyncio.wait({work, crashed}, return_when=asyncio.FIRST_COMPLETED)
        if journal.crashed.is_set():
            await _abandon()
            raise CrashError
        crashed.cancel()
        failed = await work
        if isinstance(manager, SnapshotManager):
            save(await manager.close())()
            journal.remove()
        return Outcome(failed, dict(events.changes), [m for m in messages if m])

    async def _deploy(self, wants: list[Want], resources: list[Resource], options: Options, events: Events, manager: Any) -> bool:
        context = Context(
            stack="dev",
            project="proj",
            options=options,
            registry=CloudRegistry(self.cloud),
            previous=Previous(resources),
            reporter=events,
        )
        hooks = Hooks(events, dry_run=options.dry_run)
        executor = StepExecutor(context, hooks, events, manager, counts_refreshes=False)
        deployment = Deployment(context, executor)
        await self._program(deployment, wants)
        await deployment.finish()
        deployment.close()
        return deployment.failed

    async def _program(self, deployment: Deployment, wants: list[Want]) -> None:
        ready: dict[str, asyncio.Future[Any]] = {w.name: asyncio.get_running_loop().create_future() for w in wants}

        async def register(want: Want) -> None:
            needed = [await asyncio.shield(ready[name]) for name in want.needs]
            answer = None
            try:
                if all(n is not None and n.outcome is SUCCESS for n in needed):
                    answer = await self._register(deployment, want, [n.resource for n in needed])
            except BailError:
                pass  # the operation ends; the program would be told so
            finally:
                if not ready[want.name].done():
                    ready[want.name].set_result(answer)

        tasks = [asyncio.ensure_future(register(w)) for w in wants]
        stopped = asyncio.ensure_future(deployment.executor.stop.wait())
        everything = asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.wait({asyncio.ensure_future(_settled(everything)), stopped}, return_when=asyncio.FIRST_COMPLETED)
        await deployment.settle()
        deployment.close()
        await everything
        stopped.cancel()

    async def _register(self, deployment: Deployment, want: Want, needed: list[Resource]) -> Any:
        provider = await deployment.default_provider("pulumi-python", {})
        urns = [r.urn for r in needed]
        properties: dict[str, Any] = {
            "label": want.name,
            "size": want.size,
            "zone": want.zone,
            "slot": want.slot,
            "peers": [(r.outputs or {}).get("address", values.UNKNOWN) for r in needed],
        }
        goal = Goal(
            type=TYPE,
            name=want.name,
            custom=True,
            properties=properties,
            dependencies=urns,
            property_dependencies={"peers": urns, "label": []},
            provider=provider,
            protect=want.protect,
        )
        return await deployment.register(goal)


async def _settled(everything: Any) -> None:
    await asyncio.wait({asyncio.ensure_future(asyncio.shield(everything))})


async def _abandon() -> None:
    """Lets nothing of a dead process go on."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)

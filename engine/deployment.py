"""A deployment: takes the program's registrations, then deletes what it no longer asks for."""

from __future__ import annotations

import asyncio
import contextlib
import traceback
from collections.abc import AsyncIterator, Coroutine

from engine import targeting, values
from engine.context import Context, Previous
from engine.deletions import Deletions
from engine.errors import BailError, EngineError
from engine.executor import StepExecutor
from engine.generator import StepGenerator
from engine.graph import DependencyGraph, levels
from engine.state import Resource
from engine.steps import Goal, Outcome, ReadGoal, Registered, Registration, Step

_TURNED_AWAY = "resource monitor shut down while waiting on step's done channel"


class Deployment:
    """Brings the stack from what it was to what is registered."""

    def __init__(self, context: Context, executor: StepExecutor):
        self.context = context
        self.executor = executor
        self._generator = StepGenerator(context)
        self._running: set[asyncio.Task[None]] = set()
        self._skipped: set[str] = set()
        self._defaults: dict[str, asyncio.Task[str]] = {}
        self._waiting: set[Registration] = set()
        self._closed = False
        self.bailed = False
        """A decision could not be taken: what was wrong has been said in full."""

    @property
    def failed(self) -> bool:
        """Whether anything has gone wrong so far."""
        return self.bailed or self.executor.failed or self.context.failed

    async def register(self, goal: Goal) -> Registered:
        """Brings one resource to its goal; waits until it is there."""
        registration = Registration()
        self._spawn(self._register(goal, registration))
        return await self._answer(registration)

    async def read(self, goal: ReadGoal) -> Registered:
        """Reads one resource that is not managed here."""
        registration = Registration()
        self._spawn(self._read(goal, registration))
        return await self._answer(registration)

    async def _answer(self, registration: Registration) -> Registered:
        """Waits for the answer or for the end, whichever comes first."""
        if self._closed:
            raise BailError(_TURNED_AWAY)
        self._waiting.add(registration)
        try:
            return await registration.answer
        finally:
            self._waiting.discard(registration)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _register(self, goal: Goal, registration: Registration) -> None:
        if self.executor.stop.is_set():
            return
        async with self._deciding(self.context.urn_of(goal.parent, goal.type, goal.name)):
            steps = await self._generator.steps_for(goal, registration)
            await self._run(steps)

    async def _read(self, goal: ReadGoal, registration: Registration) -> None:
        if self.executor.stop.is_set():
            return
        async with self._deciding(self.context.urn_of(goal.parent, goal.type, goal.name)):
            await self._run(await self._generator.read_steps(goal, registration))

    @contextlib.asynccontextmanager
    async def _deciding(self, urn: str) -> AsyncIterator[None]:
        """Ends the operation when a decision cannot be taken."""
        try:
            yield
        except BailError:
            self._bail()
        except EngineError as error:
            self.context.error(str(error), urn)
            self._bail()
        except Exception:
            self.context.error(f"the engine has failed, which is a fault of its own:\n{traceback.format_exc()}", urn)
            self._bail()

    def _bail(self) -> None:
        self.bailed = True
        self.executor.stop.set()

    async def _run(self, steps: list[Step]) -> None:
        self._skipped.update(r.urn for r in self.executor.failed_resources())
        wanted = []
        for step in steps:
            needed = [u for u in (step.resource.parent, *step.resource.references()) if u in self._skipped]
            if needed:
                step.settle(Outcome.SKIPPED)
                self._skipped.add(step.urn)
            else:
                wanted.append(step)
        if wanted:
            await self.executor.run_chain(wanted)

    async def default_provider(self, package: str, config: values.PropertyMap) -> str:
        """Returns the reference of a package's default provider, registered on first use."""
        if package not in self._defaults:
            self._defaults[package] = asyncio.ensure_future(self._register_default(package, config))
        return await asyncio.shield(self._defaults[package])

    async def _register_default(self, package: str, config: values.PropertyMap) -> str:
        goal = Goal(type=f"pulumi:providers:{package}", name="default", custom=True, properties=config)
        registered = await self.register(goal)
        return f"{registered.resource.urn}::{registered.resource.id}"

    async def settle(self) -> None:
        """Waits for all registrations that are under way."""
        while self._running:
            await asyncio.wait(set(self._running))

    def close(self) -> None:
        """Turns away those that still wait for an answer: nothing more will be done."""
        self._closed = True
        for registration in self._waiting:
            if not registration.answer.done():
                registration.answer.set_exception(BailError(_TURNED_AWAY))

    async def finish(self) -> None:
        """Deletes what was not registered, once the program has said all it has to say."""
        await self.settle()
        if self.executor.stop.is_set():
            return
        unknown = targeting.unknown(self.context.options.targets, self.context)
        try:
            await self._delete_rest()
        except BailError:
            self.context.failed = True
        except EngineError as error:
            self.context.error(str(error))
            self.bailed = True
        self.bailed |= unknown

    async def _delete_rest(self) -> None:
        deletions = Deletions(self.context, self._generator.replacements)
        sames, deletes = await deletions.steps()
        await self.executor.run_chain(sames)
        await self._run_deletes(deletes)

    async def _run_deletes(self, deletes: list[Step]) -> None:
        """Deletes in groups, what others need last; what a failed deletion still needs is kept."""
        graph = self.context.previous.graph
        step_of = {id(step.resource): step for step in deletes}
        seen = 0
        kept: set[int] = set()
        for group in levels([step.resource for step in deletes], graph):
            for resource in self.executor.failed_resources()[seen:]:
                kept |= _needed_by(resource, graph)
                seen += 1
            await self.executor.run_all([step_of[id(r)] for r in group if id(r) not in kept])
            if self.executor.stop.is_set():
                return


def _needed_by(resource: Resource, graph: DependencyGraph) -> set[int]:
    return {id(needed) for needed in graph.transitive_dependencies(resource)}


def rebuilt(steps: list[Step], previous: Previous) -> Previous:
    """Returns the state that a refresh has found: the gone ones left out, what named them mended."""
    found = {id(step.old): step.new for step in steps if step.old is not None}
    resources: list[Resource] = []
    present: set[str] = set()
    parents: dict[str, str] = {}
    for old in previous.resources:
        new = found.get(id(old), old) if id(old) in found else old
        if new is None:
            parents[old.urn] = old.parent  # whom its children go to
            continue
        _mend(new, present, parents)
        parents[new.urn] = new.parent
        present.add(new.urn)
        resources.append(new)
    return Previous(resources)


def _mend(resource: Resource, present: set[str], parents: dict[str, str]) -> None:
    resource.dependencies = [urn for urn in resource.dependencies if urn in present]
    resource.property_dependencies = {
        key: kept for key, urns in resource.property_dependencies.items() if (kept := [urn for urn in urns if urn in present])
    }
    resource.replace_with = [urn for urn in resource.replace_with if urn in present]
    if resource.deleted_with not in present:
        resource.deleted_with = ""
    while resource.parent and resource.parent not in present:
        resource.parent = parents.get(resource.parent, "")

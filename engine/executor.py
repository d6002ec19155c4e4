"""Runs steps: at most ``--parallel`` chains at once, recorded before and after, events around them."""

from __future__ import annotations

import asyncio

from engine import urn as urns
from engine import values
from engine.apply import Applier, ProtectedError
from engine.context import Context
from engine.errors import EngineError, ProviderError
from engine.events import Events, StepDone, StepStarted
from engine.hooks import AFTER_CREATE, AFTER_UPDATE, Hooks
from engine.snapshot import SnapshotSink
from engine.state import Resource
from engine.steps import Op, Outcome, Step


class StepExecutor:
    """Carries out chains of steps until something asks it to stop."""

    def __init__(self, context: Context, hooks: Hooks, events: Events, snapshot: SnapshotSink, *, counts_refreshes: bool):
        self._context = context
        self._hooks = hooks
        self._events = events
        self._snapshot = snapshot
        self._counts_refreshes = counts_refreshes
        self._applier = Applier(context, hooks, self._post_error)
        self._slots = asyncio.Semaphore(context.options.parallel)
        self._open: dict[str, Step] = {}
        self._stack_outputs: values.PropertyMap | None = None
        self._stack_urn = ""
        self.stop = asyncio.Event()
        """Set once nothing new may start."""
        self.failed = False
        self.errored: list[Step] = []
        self.keep_going = context.options.continue_on_error

    async def run_chain(self, steps: list[Step]) -> None:
        """Runs steps one after the other; a failure ends the chain."""
        async with self._slots:
            for step in steps:
                if self.stop.is_set() or not await self._run(step):
                    return

    async def run_all(self, steps: list[Step]) -> None:
        """Runs steps side by side."""
        async with asyncio.TaskGroup() as group:
            for step in steps:
                group.create_task(self.run_chain([step]))

    async def _run(self, step: Step) -> bool:
        self._events.emit(StepStarted(step))
        operation = await self._snapshot.begin(step)
        try:
            await self._applier.apply(step)
        except (ProviderError, EngineError) as error:
            self._events.step_failed(step, str(error))
            self._snapshot.end(operation, step, successful=False)
            self._fail(step, error)
            return False
        self._complete_outputs(step)
        if step.logical and step.new is not None:
            self._open[step.urn] = step
        self._report(step)
        self._snapshot.end(operation, step, successful=True)
        self._applier.answer(step)
        return True

    def _fail(self, step: Step, error: Exception) -> None:
        self.failed = True
        self.errored.append(step)
        if self.keep_going or isinstance(error, ProtectedError):
            step.settle(Outcome.FAILED)
        else:
            self.stop.set()

    def _post_error(self, message: str, urn: str) -> None:
        """Takes note of a hook that failed after its step had been done."""
        self._events.diagnostic("error", message, urn)
        self.failed = True
        if not self._context.options.continue_on_error:
            self.stop.set()

    def _complete_outputs(self, step: Step) -> None:
        new = step.new
        if new is None or step.op is Op.REPLACE:
            return
        outputs = dict(new.outputs or {})
        for key in new.additional_secret_outputs:
            if key in outputs:
                outputs[key] = values.secret(outputs[key])
        for key, value in outputs.items():
            if isinstance(new.inputs.get(key), values.Secret):
                outputs[key] = values.secret(value)
        new.outputs = outputs if new.outputs is not None else None
        known = self._context.reads if step.op in (Op.READ, Op.READ_REPLACEMENT) else self._context.news
        known[new.urn] = new

    def _report(self, step: Step) -> None:
        op, counts = step.op, step.logical
        if step.op is Op.REFRESH and self._counts_refreshes and step.result_op is not None:
            op, counts = step.result_op, True
        if step.op is Op.READ:
            counts = _read_changed(step)
        self._events.step_done(step, op, counts=counts)

    async def register_outputs(self, urn: str, outputs: values.PropertyMap) -> None:
        """Stores the outputs of a component; the stack's own wait for the end of the operation."""
        if urns.qualified_type(urn) == urns.ROOT_STACK_TYPE:
            self._stack_urn, self._stack_outputs = urn, outputs
            return
        await self._store_outputs(urn, outputs)

    async def _store_outputs(self, urn: str, outputs: values.PropertyMap) -> None:
        step = self._open.pop(urn, None)
        if step is None or step.new is None:
            raise EngineError(f"cannot complete a resource '{urn}' whose registration isn't pending")
        if step.skipped_create:
            return
        step.new.outputs = outputs
        if not step.new.custom:
            await self._run_component_hooks(step)
        self._events.emit(StepDone(step, step.op))
        self._snapshot.outputs(step.new)

    async def _run_component_hooks(self, step: Step) -> None:
        kind = {Op.CREATE: AFTER_CREATE, Op.UPDATE: AFTER_UPDATE}.get(step.op)
        if kind is None:
            return
        try:
            await self._hooks.run(kind, step.old if step.op is Op.UPDATE else None, step.new)
        except ProviderError as error:
            self._post_error(str(error), step.urn)

    async def finish_stack(self, *, failed: bool) -> None:
        """Stores the stack's outputs; after a failure those that did not come keep their old values."""
        if self._stack_outputs is None or self._stack_urn not in self._open:
            return
        outputs = self._stack_outputs
        old = self._context.previous.current.get(self._stack_urn)
        if failed and old is not None:
            outputs = {**(old.outputs or {}), **outputs}
        await self._store_outputs(self._stack_urn, outputs)

    def failed_resources(self) -> list[Resource]:
        """Returns the resources whose steps have failed."""
        return [step.resource for step in self.errored]


def _read_changed(step: Step) -> bool:
    old, new = step.old, step.new
    if old is None or new is None or old.outputs is None or new.outputs is None:
        return False
    return bool(values.changed_keys(old.outputs, new.outputs))

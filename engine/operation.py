"""One operation from its first event to its last: refresh, program, deletions, result."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import enum
import time
from collections.abc import Awaitable, Callable

from engine import targeting, values
from engine.context import Context, Previous
from engine.deployment import Deployment, rebuilt
from engine.errors import BailError, EngineError
from engine.events import Ended, Events, Prelude, Summary
from engine.executor import StepExecutor
from engine.hooks import AFTER_DELETE, BEFORE_DELETE, Hooks
from engine.language.monitor import Monitor, RunInfo
from engine.language.processes import start_provider_host
from engine.language.program import Program
from engine.language.services import Server
from engine.options import Options
from engine.provider.builtin import BuiltinProvider, ReadOutputs
from engine.provider.registry import Registry
from engine.refresh import refresh_steps
from engine.snapshot import SnapshotSink
from engine.state import Resource


class Kind(enum.StrEnum):
    """What an operation is called in the history."""

    UPDATE = "update"
    REFRESH = "refresh"
    DESTROY = "destroy"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """All that an operation needs to know."""

    kind: Kind
    options: Options
    info: RunInfo
    python: str
    program: str
    """The folder of the program."""
    resources: list[Resource]
    pending: list[tuple[str, str]]
    """URN and kind of each operation that an earlier run was interrupted in."""
    package_config: Callable[[str], values.PropertyMap]
    read_outputs: ReadOutputs
    shown_config: dict[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """How an operation ended."""

    changes: dict[str, int]
    failed: bool
    outputs: values.PropertyMap


class Operation:
    """Runs one request."""

    def __init__(self, request: Request, events: Events, snapshot: SnapshotSink):
        self._request = request
        self._events = events
        self._snapshot = snapshot
        self._server = Server(self._say)
        self._hooks = Hooks(events, dry_run=request.options.dry_run)
        registry = Registry(self._start_host, BuiltinProvider(request.read_outputs), preview=request.options.dry_run)
        self._context = Context(
            stack=request.info.stack,
            project=request.info.project,
            options=request.options,
            registry=registry,
            previous=Previous(request.resources),
            reporter=events,
        )
        self._executor = self._new_executor()
        self._quiet = False
        self._canceled = False
        self._reported = False

    def _new_executor(self) -> StepExecutor:
        counts = self._request.kind is Kind.REFRESH
        return StepExecutor(self._context, self._hooks, self._events, self._snapshot, counts_refreshes=counts)

    def cancel(self) -> None:
        """Lets what runs finish and starts nothing new."""
        self._canceled = True
        self._executor.stop.set()

    async def run(self) -> Result:
        """Runs the operation; failures are reported as events and in the result."""
        started = time.monotonic()
        request = self._request
        self._events.emit(Prelude(request.shown_config))
        if request.kind is Kind.DESTROY and self._refuses_delete_hooks():
            self._events.emit(Ended())
            return Result({}, failed=True, outputs={})
        failed = True
        try:
            failed = await self._run()
        except BailError:
            pass
        except EngineError as error:
            self._events.diagnostic("error", str(error))
        finally:
            await self._context.registry.close()
            await self._server.stop()
        result = "failed" if failed else "succeeded"
        changes = dict(self._events.changes)
        seconds = time.monotonic() - started
        self._events.emit(Summary(request.options.dry_run, changes, seconds, result))
        self._events.emit(Ended())
        return Result(changes, failed, self._outputs())

    def _refuses_delete_hooks(self) -> bool:
        """Reports resources whose hooks would have to run in the program, which destroy does not start."""
        found = False
        for resource in self._request.resources:
            names = [n for kind in (BEFORE_DELETE, AFTER_DELETE) for n in resource.resource_hooks.get(kind, ())]
            if names:
                found = True
                message = "Resource has delete hooks registered, but the program is not running. Hooks: "
                self._events.diagnostic("error", message + ", ".join(names), resource.urn)
        if found:
            self._events.diagnostic(
                "error", "take these resources out of the program and run `up`, which runs their delete hooks"
            )
        return found

    def _outputs(self) -> values.PropertyMap:
        name = f"{self._context.project}-{self._context.stack}"
        urn = self._context.urn_of("", "pulumi:pulumi:Stack", name)
        known = self._context.news.get(urn) or self._context.previous.current.get(urn)
        return (known.outputs if known is not None else None) or {}

    async def _run(self) -> bool:
        """Returns whether the operation failed."""
        request = self._request
        deployment = Deployment(self._context, self._executor)
        monitor = Monitor(request.info, deployment, self._hooks, request.package_config)
        self._server.serve(monitor)
        await self._server.start()
        if request.kind is Kind.REFRESH or request.options.refresh:
            await self._refresh()
            if request.kind is Kind.REFRESH:
                return self._conclude(deployment)
        elif request.pending and not request.options.dry_run:
            self._warn_of_pending()
        if targeting.unknown(request.options.replaces, self._context):
            return True
        if request.kind is Kind.UPDATE:
            await self._run_program(deployment, monitor)
        else:
            await deployment.finish()
        await deployment.settle()
        failed = deployment.failed or self._canceled
        await self._executor.finish_stack(failed=failed)
        return self._conclude(deployment)

    def _conclude(self, deployment: Deployment) -> bool:
        what = "preview" if self._request.options.dry_run else "update"
        if deployment.bailed:
            return True
        if deployment.failed or self._executor.failed:
            self._events.diagnostic("error", f"{what} failed")
            return True
        if self._canceled:
            self._events.diagnostic("error", f"{what} canceled")
            return True
        return False

    async def _refresh(self) -> None:
        """Asks the providers how everything is and takes that as the state before the operation."""
        if targeting.unknown(self._request.options.targets, self._context):
            raise BailError("unknown target")
        steps = refresh_steps(self._context)
        self._executor.keep_going = True
        await self._executor.run_all(steps)
        self._context.previous = rebuilt(steps, self._context.previous)
        self._snapshot.rebase(self._context.previous.resources)
        if self._request.kind is Kind.REFRESH:
            return
        if self._executor.failed or self._canceled:
            how = "failed" if self._executor.failed else "canceled"
            self._events.diagnostic("error", f"{'preview' if self._request.options.dry_run else 'update'} {how}")
            raise BailError(how)
        self._executor.keep_going = self._request.options.continue_on_error

    async def _run_program(self, deployment: Deployment, monitor: Monitor) -> None:
        request = self._request
        program = await Program.start(request.python, request.program, request.info, self._server.address, self._print)
        ending = asyncio.ensure_future(program.wait())
        stopping = asyncio.ensure_future(self._executor.stop.wait())
        try:
            await asyncio.wait({ending, stopping}, return_when=asyncio.FIRST_COMPLETED)
            await deployment.settle()
            if not ending.done():
                await self._end_program(program, ending, (deployment, monitor))
            elif not self._executor.stop.is_set():
                await self._judge(deployment, *ending.result())
        finally:
            stopping.cancel()
            if not ending.done():
                await program.interrupt()
            await monitor.callbacks.close()

    async def _judge(self, deployment: Deployment, content: bool, message: str) -> None:
        """Takes the program's own failure into account."""
        if message:
            self._events.diagnostic("error", f"an unhandled error occurred: {message}")
        if not content:
            deployment.bailed = True

    async def _end_program(
        self, program: Program, ending: asyncio.Future[tuple[bool, str]], served: tuple[Deployment, Monitor]
    ) -> None:
        """Ends a program that waits for what will not come; its complaint about that is no news."""
        deployment, monitor = served
        if monitor.finished is not None:
            await monitor.finished
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(ending), 5)
        self._quiet = True
        deployment.close()
        await program.interrupt()

    def _warn_of_pending(self) -> None:
        listed = "".join(f"  * {urn}, interrupted while {kind}\n" for urn, kind in self._request.pending)
        self._events.diagnostic(
            "warning",
            "Attempting to deploy or update resources with"
            f" {len(self._request.pending)} pending operations from previous deployment.\n{listed}"
            "These resources are in an unknown state because the Pulumi CLI was interrupted while waiting for changes"
            " to these resources to complete. You should confirm whether or not the operations listed completed"
            " successfully by checking the state of the appropriate provider. For example, if you are using AWS, you"
            " can confirm using the AWS Console.\n\nOnce you have confirmed the status of the interrupted operations,"
            " you can repair your stack using `pulumi refresh` which will refresh the state from the provider you are"
            " using and clear the pending operations if there are any.\n\nNote that `pulumi refresh` will need to be"
            " run interactively to clear pending CREATE operations.",
        )

    async def _start_host(self) -> tuple[str, Callable[[], Awaitable[None]]]:
        request = self._request
        return await start_provider_host(
            request.python, request.info.root, request.info.project, self._server.address, self._print
        )

    def _print(self, severity: str, line: str) -> None:
        if not self._quiet:
            self._events.diagnostic(severity, line)

    def _say(self, severity: str, message: str, urn: str, ephemeral: bool) -> None:
        if not self._quiet:
            self._events.diagnostic(severity, message, urn, ephemeral=ephemeral)

"""up, preview, refresh and destroy."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import pathlib
import signal
import sys
import time
from collections.abc import Iterator
from typing import Any

import rich.console

from engine import config as configuration
from engine import state, urn, values
from engine.cli import config as config_command
from engine.cli.session import Session, opened_texts
from engine.display.event_json import EventLog
from engine.display.live import LiveDisplay
from engine.display.plain import PlainDisplay
from engine.display.preview_json import PreviewDigest
from engine.errors import ChangesProposedError, EngineError, NeedsYesError
from engine.events import Events, Summary
from engine.language.monitor import RunInfo
from engine.operation import Kind, Operation, Request, Result
from engine.options import Options, Targets
from engine.protection import protected
from engine.redact import Redactor
from engine.snapshot import Discard, SnapshotManager
from engine.store import checkpoint, replay
from engine.store.backend import ORGANIZATION, StackRef
from engine.store.journal import Journal

_KINDS = {"up": Kind.UPDATE, "preview": Kind.UPDATE, "refresh": Kind.REFRESH, "destroy": Kind.DESTROY}


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Runs one of the four commands; returns the exit code."""
    command = arguments.verb
    if command != "preview":
        _check_consent(arguments, session)
    ref = session.existing()
    if command in ("up", "preview"):
        session.project.require_python()
        config_command.apply_assignments(session, ref, arguments.config, paths=arguments.config_path)
    if getattr(arguments, "exclude_protected", False):
        return _without_protected(arguments, session, ref)
    return _deploy(arguments, session, ref)


def _without_protected(arguments: argparse.Namespace, session: Session, ref: StackRef) -> int:
    """Destroys what is not protected and what nothing protected needs; says how much is left."""
    if arguments.target:
        raise EngineError("you cannot specify --target and --exclude-protected")
    loaded = session.load(ref)
    resources = session.resources(loaded.deployment) if loaded else []
    kept = protected(resources)
    left = f"There are still {len(kept)} protected resources associated with this stack."
    if kept and len(kept) == len(resources):
        print(f"There were no unprotected resources to destroy. {left}")
        return 0
    arguments.exclude += [resource.urn for resource in kept]
    arguments.remove = arguments.remove and not kept
    code = _deploy(arguments, session, ref)
    if kept and not (code or arguments.preview_only or arguments.json):
        print(f"All unprotected resources were destroyed. {left}")
    return code


def _deploy(arguments: argparse.Namespace, session: Session, ref: StackRef) -> int:
    command = arguments.verb
    deployer = _Deployer(arguments, session, ref)
    if command == "preview" or arguments.preview_only:
        return deployer.preview()
    if not arguments.skip_preview:
        code = deployer.preview()
        if code or not (arguments.yes or _agreed(command)):
            return code
    code = deployer.change()
    if not code and command == "destroy" and arguments.remove:
        session.backend.remove(ref)
        session.config_path(ref).unlink(missing_ok=True)
    return code


def _check_consent(arguments: argparse.Namespace, session: Session) -> None:
    if arguments.yes and arguments.preview_only:
        raise EngineError("--yes and --preview-only cannot be used together")
    if session.interactive or arguments.yes or arguments.skip_preview or arguments.preview_only:
        return
    message = "--yes or --skip-preview or --preview-only must be passed in to proceed when running in non-interactive mode"
    raise EngineError(message) if arguments.verb == "refresh" else NeedsYesError(message)


def _agreed(command: str) -> bool:
    what = {"up": "perform this update", "refresh": "perform this refresh", "destroy": "destroy these resources"}
    answer = input(f"Do you want to {what[command]}? [yes/no] ")
    return answer.strip().lower() in ("y", "yes")


class _Deployer:
    """Runs an operation twice at most: to look, and to change."""

    def __init__(self, arguments: argparse.Namespace, session: Session, ref: StackRef):
        self._arguments = arguments
        self._session = session
        self._ref = ref
        self._config = session.config(ref)
        self._secrets = session.stack_secrets(ref, self._config)
        self._values = session.effective_config(ref, self._config)

    def preview(self) -> int:
        """Shows what would change."""
        loaded = self._session.load(self._ref)
        base = loaded.deployment if loaded else self._empty()
        return self._exit_code(self._run(base, dry_run=True), dry_run=True)

    def change(self) -> int:
        """Changes what is to be changed and keeps the state."""
        backend, ref = self._session.backend, self._ref
        with backend.lock(ref):
            for warning in backend.settle_journal(ref):
                print(f"warning: {warning}", file=sys.stderr)
            loaded = self._session.load(ref)
            base = loaded.deployment if loaded else self._empty()
            base = {**base, "secrets_providers": self._provider()}
            started = int(time.time())
            result = self._run(base, dry_run=False)
            backend.record(ref, self._history(started, result))
        return self._exit_code(result, dry_run=False)

    def _empty(self) -> checkpoint.Deployment:
        return checkpoint.empty(self._provider())

    def _provider(self) -> dict[str, Any]:
        return {"type": self._secrets.type, "state": {"salt": self._secrets.salt}}

    def _run(self, base: checkpoint.Deployment, *, dry_run: bool) -> Result:
        arguments = self._arguments
        if getattr(arguments, "clear_pending_creates", False):
            base = {**base, "pending_operations": []}
        resources = self._session.resources(base)
        request = self._request(resources, base, dry_run=dry_run)
        events = Events(Redactor(self._secret_texts()), preview=dry_run)
        with contextlib.ExitStack() as stack:
            display = _Display(arguments, events, stack, _title(request.kind, self._ref.name, preview=dry_run))
            result = asyncio.run(self._operate(request, events, base))
        display.finish(result, _outputs_of(resources))
        return result

    async def _operate(self, request: Request, events: Events, base: checkpoint.Deployment) -> Result:
        if request.options.dry_run:
            operation = Operation(request, events, Discard())
            with _interrupts(operation):
                return await operation.run()
        backend, ref = self._session.backend, self._ref
        journal = Journal(backend.journal_path(ref), base, backend.digest(ref))
        first = [True]

        def save(deployment: replay.Record) -> Any:
            text = checkpoint.write(ref.full_name, deployment)
            backup, first[0] = first[0], False

            def put() -> None:
                journal.note_fold_of(text)
                backend.replace(ref, text, backup=backup)

            return put

        manager = SnapshotManager(base, request.resources, journal, self._secrets.encrypt, save)
        operation = Operation(request, events, manager)
        try:
            with _interrupts(operation):
                return await operation.run()
        except asyncio.CancelledError:
            raise EngineError("aborted; what was under way is recorded as pending and may have happened: run `refresh`") from None
        finally:
            save(await manager.close())()
            journal.remove()

    def _request(self, resources: list[state.Resource], base: checkpoint.Deployment, *, dry_run: bool) -> Request:
        session, decrypt = self._session, self._secrets.decrypt
        texts = opened_texts(self._values, decrypt)
        secret_keys = [key for key, value in self._values.items() if configuration.has_secure(value)]
        options = self._options(dry_run=dry_run)
        info = RunInfo(
            organization=ORGANIZATION,
            project=session.project.name,
            stack=self._ref.name,
            config=texts,
            secret_keys=secret_keys,
            dry_run=dry_run,
            parallel=options.parallel,
            root=str(session.project.root),
        )
        properties = configuration.properties(self._values, decrypt)
        return Request(
            kind=_KINDS[self._arguments.verb],
            options=options,
            info=info,
            python=session.project.python(),
            program=str(session.project.program),
            resources=resources,
            pending=[(o["resource"]["urn"], o["type"]) for o in base.get("pending_operations") or []],
            package_config=lambda package: _package_config(properties, package),
            read_outputs=session.referenced_outputs,
            shown_config={k: "[secret]" if k in secret_keys else v for k, v in texts.items()},
        )

    def _options(self, *, dry_run: bool) -> Options:
        arguments = self._arguments
        replaces = getattr(arguments, "replace", []) + getattr(arguments, "target_replace", [])
        return Options(
            dry_run=dry_run,
            parallel=max(1, arguments.parallel or 4 * (os.cpu_count() or 1)),
            refresh=getattr(arguments, "refresh", False),
            continue_on_error=getattr(arguments, "continue_on_error", False),
            targets=Targets(arguments.target + getattr(arguments, "target_replace", [])),
            excludes=Targets(arguments.exclude),
            replaces=Targets(replaces),
            target_dependents=arguments.target_dependents,
            exclude_dependents=arguments.exclude_dependents,
        )

    def _secret_texts(self) -> list[str]:
        decrypt = self._secrets.decrypt
        return [text for value in self._values.values() for text in configuration.secrets_of(value, decrypt)]

    def _exit_code(self, result: Result, *, dry_run: bool) -> int:
        if result.failed:
            return 1
        changed = any(number for op, number in result.changes.items() if op != "same")
        if self._arguments.expect_no_changes and changed:
            if dry_run:
                raise ChangesProposedError("no changes were expected for preview but changes were proposed")
            raise ChangesProposedError("no changes were expected for update but changes were proposed")
        return 0

    def _history(self, started: int, result: Result) -> dict[str, Any]:
        return {
            "kind": _KINDS[self._arguments.verb],
            "startTime": started,
            "message": self._arguments.message,
            "environment": {"exec.kind": "embedded-engine"},
            "config": {k: v if isinstance(v, dict | list) else configuration.text_of(v) for k, v in self._values.items()},
            "version": 0,
            "result": "failed" if result.failed else "succeeded",
            "endTime": int(time.time()),
            "resourceChanges": result.changes,
        }


def _package_config(properties: values.PropertyMap, package: str) -> values.PropertyMap:
    """Returns what a package's default provider is configured with: dynamic providers get everything."""
    if package == "pulumi-python":
        return properties
    return {k.partition(":")[2]: v for k, v in properties.items() if k.partition(":")[0] == package}


def _outputs_of(resources: list[state.Resource]) -> values.PropertyMap:
    for resource in resources:
        if urn.qualified_type(resource.urn) == urn.ROOT_STACK_TYPE:
            return resource.outputs or {}
    return {}


class _Display:
    """Connects an operation's events to what shows and logs them."""

    def __init__(self, arguments: argparse.Namespace, events: Events, stack: contextlib.ExitStack, title: str):
        self._arguments = arguments
        self._digest: PreviewDigest | None = None
        self._text: PlainDisplay | LiveDisplay | None = None
        self._summary: Summary | None = None
        events.subscribe(self._note)
        if arguments.event_log:
            log = pathlib.Path(arguments.event_log).open("w", encoding="utf-8")  # noqa: SIM115 - the stack closes it
            sink = stack.enter_context(log)
            events.subscribe(EventLog(sink))
        preview = title.startswith("Previewing")
        if arguments.json and preview:
            self._digest = PreviewDigest(show_secrets=arguments.show_secrets)
            events.subscribe(self._digest)
        elif arguments.json:
            events.subscribe(EventLog(sys.stdout, show_secrets=arguments.show_secrets, internal=False))
        else:
            print(title, flush=True)
            self._text = self._text_display(stack, preview=preview)
            events.subscribe(self._text)

    def _text_display(self, stack: contextlib.ExitStack, *, preview: bool) -> PlainDisplay | LiveDisplay:
        arguments = self._arguments
        if sys.stdout.isatty() and not arguments.non_interactive and arguments.color != "never":
            console = rich.console.Console(highlight=False, force_terminal=arguments.color == "always" or None)
            live = LiveDisplay(console, preview=preview, show_diff=arguments.diff, show_secrets=arguments.show_secrets)
            return stack.enter_context(live)
        return PlainDisplay(sys.stdout, preview=preview, show_diff=arguments.diff, show_secrets=arguments.show_secrets)

    def _note(self, event: object) -> None:
        if isinstance(event, Summary):
            self._summary = event

    def finish(self, result: Result, olds: values.PropertyMap) -> None:
        """Prints what stands at the end; a live picture must be gone by then."""
        if self._digest is not None:
            self._digest.print(sys.stdout)
        if self._text is not None and self._summary is not None:
            hidden = self._arguments.suppress_outputs or self._arguments.verb == "destroy"
            outputs, before = ({}, {}) if hidden else (result.outputs, olds)
            self._text.finish(self._summary, outputs, before)


def _title(kind: Kind, stack: str, *, preview: bool) -> str:
    if preview:
        return f"Previewing {kind} ({stack}):"
    return {Kind.UPDATE: "Updating", Kind.REFRESH: "Refreshing", Kind.DESTROY: "Destroying"}[kind] + f" ({stack}):"


@contextlib.contextmanager
def _interrupts(operation: Operation) -> Iterator[None]:
    """Lets the first Ctrl-C finish what runs and the second abort it."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    presses = 0

    def press() -> None:
        nonlocal presses
        presses += 1
        if presses == 1:
            print("^C received; finishing what runs, press again to abort", file=sys.stderr, flush=True)
            operation.cancel()
        elif task is not None:
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, press)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

"""Resource hooks: the program's functions that run around an operation."""

from __future__ import annotations

import dataclasses
from typing import Protocol

from engine.context import Reporter
from engine.errors import EngineError, ProviderError
from engine.state import Resource

BEFORE_CREATE, AFTER_CREATE = "BeforeCreate", "AfterCreate"
BEFORE_UPDATE, AFTER_UPDATE = "BeforeUpdate", "AfterUpdate"
BEFORE_DELETE, AFTER_DELETE = "BeforeDelete", "AfterDelete"
ON_ERROR = "OnError"


class CallHook(Protocol):
    """Calls one hook in the program; raises ``ProviderError`` with what it said."""

    async def __call__(self, urn: str, old: Resource | None, new: Resource | None, *, after: bool) -> None:
        """Calls it; ``after`` tells whether the new outputs are there."""


class CallErrorHook(Protocol):
    """Asks one error hook whether to try again."""

    async def __call__(self, urn: str, old: Resource | None, new: Resource | None, operation: str, errors: list[str]) -> bool:
        """Asks; ``errors`` are the failures so far."""


@dataclasses.dataclass(frozen=True, slots=True)
class Hook:
    """A registered hook."""

    call: CallHook
    on_dry_run: bool
    ignore_errors: bool


class Hooks:
    """The hooks of one operation by name."""

    def __init__(self, reporter: Reporter, *, dry_run: bool):
        self._reporter = reporter
        self._dry_run = dry_run
        self._hooks: dict[str, Hook] = {}
        self._error_hooks: dict[str, CallErrorHook] = {}

    def register(self, name: str, hook: Hook) -> None:
        """Adds a hook; a name is taken once."""
        if name in self._hooks:
            raise EngineError(f'resource hook already registered for name "{name}"')
        self._hooks[name] = hook

    def register_error_hook(self, name: str, call: CallErrorHook) -> None:
        """Adds an error hook; a name is taken once."""
        if name in self._error_hooks:
            raise EngineError(f'error hook already registered for name "{name}"')
        self._error_hooks[name] = call

    async def run(self, kind: str, old: Resource | None, new: Resource | None) -> None:
        """Runs the hooks of one kind in their order; the first failure ends it."""
        resource = new or old
        for name in resource.resource_hooks.get(kind, ()) if resource else ():
            hook = self._hooks.get(name)
            if hook is None:
                raise ProviderError(f'hook "{name}" was not registered')
            if self._dry_run and not hook.on_dry_run:
                continue
            await self._call(kind, name, hook, (old, new))

    async def _call(self, kind: str, name: str, hook: Hook, states: tuple[Resource | None, Resource | None]) -> None:
        old, new = states
        subject = new or old
        urn = subject.urn if subject else ""
        before = kind.startswith("Before")
        try:
            await hook.call(urn, old, new, after=not before)
        except ProviderError as error:
            if not hook.ignore_errors:
                raise ProviderError(f'{"before" if before else "after"} hook "{name}" failed: {error}') from error
            self._reporter.diagnostic("warning", f'{kind} hook "{name}" failed: {error}', urn)

    async def wants_retry(self, operation: str, old: Resource | None, new: Resource | None, errors: list[str]) -> bool:
        """Asks the resource's error hooks whether a failed operation is to be tried again."""
        resource = new or old
        wanted = False
        for name in resource.resource_hooks.get(ON_ERROR, ()) if resource else ():
            call = self._error_hooks.get(name)
            if call is None:
                raise ProviderError(f'error hook "{name}" was not registered')
            wanted |= await call(resource.urn if resource else "", old, new, operation, errors)
        return wanted
